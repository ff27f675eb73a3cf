package dependencies

import "path/filepath"

// kind is one form of lock file, and what is done where there is one.
type kind struct {
	lock  string
	needs string // another file that has to be beside it; "": none
	// tool is what installs by it, for people. advice is what to do where nothing here does.
	tool, advice string
	// unless is a folder which, if it is there, makes the advice needless: it has come with the bundle.
	unless string
	// installs is the folder that is made. With it come settings, which are of no use without it; "": there are none.
	installs, settings string
	commands           func(*tools) []command
	// environment is what lets processes find what was installed in a folder; nil: they find it anyway.
	environment func(folder string) []string
}

// kinds are all, by language. In a folder, only the first of a language that is there counts: they make the same folder, and
// who has a requirements.txt beside another lock file has it for who has only pip.
var kinds = [][]kind{
	{
		{lock: "Gemfile.lock", needs: "Gemfile", tool: "bundler", installs: "vendor/bundle", settings: ".bundle", commands: (*tools).bundler, environment: bundlerEnvironment},
	}, {
		{lock: "requirements.txt", tool: "pip", installs: ".venv", commands: (*tools).pip, environment: pythonEnvironment},
		{lock: "uv.lock", needs: "pyproject.toml", tool: "uv", installs: ".venv", commands: (*tools).uv, environment: pythonEnvironment},
		{lock: "poetry.lock", needs: "pyproject.toml", tool: "poetry", installs: ".venv", commands: (*tools).poetry, environment: pythonEnvironment},
		{lock: "Pipfile.lock", advice: "write what it has into a requirements.txt: pipenv requirements > requirements.txt"},
	}, {
		{lock: "npm-shrinkwrap.json", needs: "package.json", tool: "npm", installs: "node_modules", commands: (*tools).npm},
		{lock: "package-lock.json", needs: "package.json", tool: "npm", installs: "node_modules", commands: (*tools).npm},
		{lock: "yarn.lock", needs: "package.json", advice: otherLock, unless: "node_modules"},
		{lock: "pnpm-lock.yaml", needs: "package.json", advice: otherLock, unless: "node_modules"},
	},
}

const otherLock = "submit it with its node_modules, or with a package-lock.json: npm install --package-lock-only"

// bundlerEnvironment is what the processes of Bundler, too, have: else an agent that itself runs under bundle exec, or in Docker's
// image of Ruby, would have its own Gemfile and settings used.
func bundlerEnvironment(folder string) []string {
	return []string{"BUNDLE_GEMFILE=" + filepath.Join(folder, "Gemfile"), "BUNDLE_APP_CONFIG=" + filepath.Join(folder, ".bundle")}
}

func pythonEnvironment(folder string) []string {
	return []string{"GSTORM_PYTHON=" + venvPython(folder)}
}

// venvPython is the interpreter of a folder's virtual environment.
func venvPython(folder string) string { return filepath.Join(folder, ".venv", "bin", "python") }
