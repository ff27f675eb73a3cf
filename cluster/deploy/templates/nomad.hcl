# The cluster {{.Cluster}} under Nomad, written by gstorm deploy render nomad: one agent on each of {{.Replicas}} clients.
{{- if eq .Driver "docker"}}
# The image needs gstorm and what the components of topologies need (docs/deploy.md says how to make one). Each client needs
# a host volume gstorm-data.
{{- else}}
# Each client needs {{.Paths.Binary}}, what the components of topologies need, and the plugin raw_exec.
{{- end}}
{{- if and .Secrets (not .With)}}
#
# The keys come from the variable {{.Variable}}, whose items are{{range .Secrets}} {{key .Name}}{{end}}.
# Render with --with-secrets to have them here instead, where all can read them who can read the job.
{{- end}}
job "{{.Name}}" {
  type        = "service"
  datacenters = ["*"]

  constraint {
    distinct_hosts = true
  }

  # One agent at a time, each when the one before is back.
  update {
    max_parallel     = 1
    min_healthy_time = "10s"
    healthy_deadline = "5m"
  }

  group "agents" {
    count = {{.Replicas}}

    network {
      mode = "host"

      port "api" {
        static = {{.Port}}
      }

      port "gossip" {
        static = {{.Gossip}}
      }
    }

    service {
      name     = "{{.Name}}"
      port     = "api"
      provider = "nomad"

      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }
{{- if eq .Driver "docker"}}

    volume "data" {
      type   = "host"
      source = "gstorm-data"
    }
{{- end}}

    task "agent" {
      driver       = "{{.Driver}}"
      kill_timeout = "60s"

      config {
{{- if eq .Driver "docker"}}
        image        = {{quote .Image}}
        network_mode = "host"
        command      = "gstorm"
{{- else}}
        command = {{quote .Paths.Binary}}
{{- end}}
        args = [
          "agent",
{{- range .Args}}
          {{quote .}},
{{- end}}
        ]
      }
{{- if eq .Driver "docker"}}

      volume_mount {
        volume      = "data"
        destination = "{{.Paths.Data}}"
      }
{{- end}}
{{- range .Secrets}}

      template {
        destination = "secrets/{{.Name}}"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{if $.With}}{{.Text}}{{else}}{{"{{"}} with nomadVar "{{$.Variable}}" }}{{"{{"}} .{{key .Name}} }}{{"{{"}} end }}
{{end}}EOH
      }
{{- end}}

      resources {
        cpu    = 1000
        memory = 1024
      }
    }
  }
}
