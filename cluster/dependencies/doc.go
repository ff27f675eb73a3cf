// Package dependencies installs what the lock files of a bundle ask for: gems, Python packages, npm packages. That happens
// once on each node for each bundle, in the folder of the bundle's files, before a worker of its topology starts.
//
//	Gemfile, Gemfile.lock                             bundle install    vendor/bundle
//	requirements.txt                                  pip install       .venv
//	pyproject.toml, uv.lock                           uv sync           .venv
//	pyproject.toml, poetry.lock                       poetry install    .venv
//	package.json, package-lock.json (or shrinkwrap)   npm ci            node_modules
//
// Looked at are the root of the bundle and the folder of the topology's file; deeper folders are not. Of lock files in the same
// folder for the same language the first of this list counts. Of other tools' lock files it is only told what to do; where the
// bundle has a node_modules beside those of yarn and pnpm, there is nothing to do.
//
// Find says what is asked for, and so which folders need not be in a bundle (package blob); Installer does it; Environment
// lets the processes of a topology find it, whatever the agent's own environment says.
//
// What is installed is as much the user's code as the topology is, and runs as the same user: install scripts are run. Only
// the lock files themselves have to be of the bundle.
package dependencies
