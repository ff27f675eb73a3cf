# The cluster words under Nomad, written by gstorm deploy render nomad: one agent on each of 3 clients.
# Each client needs /usr/local/bin/gstorm, what the components of topologies need, and the plugin raw_exec.
#
# The keys come from the variable nomad/jobs/gstorm-words, whose items are ca_pem cert_pem gossip_key key_pem tokens.
# Render with --with-secrets to have them here instead, where all can read them who can read the job.
job "gstorm-words" {
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
    count = 3

    network {
      mode = "host"

      port "api" {
        static = 7760
      }

      port "gossip" {
        static = 7761
      }
    }

    service {
      name     = "gstorm-words"
      port     = "api"
      provider = "nomad"

      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "agent" {
      driver       = "raw_exec"
      kill_timeout = "60s"

      config {
        command = "/usr/local/bin/gstorm"
        args = [
          "agent",
          "--data=/var/lib/gstorm",
          "--bind=${NOMAD_IP_api}:7760",
          "--join=10.0.0.1,10.0.0.2,10.0.0.3",
          "--expect=3",
          "--voters=3",
          "--cluster=words",
          "--name=${node.unique.name}",
          "--slots=8",
          "--ca=${NOMAD_SECRETS_DIR}/ca.pem",
          "--cert=${NOMAD_SECRETS_DIR}/cert.pem",
          "--key=${NOMAD_SECRETS_DIR}/key.pem",
          "--gossip-key=${NOMAD_SECRETS_DIR}/gossip.key",
          "--tokens=${NOMAD_SECRETS_DIR}/tokens",
          "--log-format=json",
        ]
      }

      template {
        destination = "secrets/ca.pem"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{ with nomadVar "nomad/jobs/gstorm-words" }}{{ .ca_pem }}{{ end }}
EOH
      }

      template {
        destination = "secrets/cert.pem"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{ with nomadVar "nomad/jobs/gstorm-words" }}{{ .cert_pem }}{{ end }}
EOH
      }

      template {
        destination = "secrets/gossip.key"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{ with nomadVar "nomad/jobs/gstorm-words" }}{{ .gossip_key }}{{ end }}
EOH
      }

      template {
        destination = "secrets/key.pem"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{ with nomadVar "nomad/jobs/gstorm-words" }}{{ .key_pem }}{{ end }}
EOH
      }

      template {
        destination = "secrets/tokens"
        perms       = "0600"
        change_mode = "noop"
        data        = <<EOH
{{ with nomadVar "nomad/jobs/gstorm-words" }}{{ .tokens }}{{ end }}
EOH
      }

      resources {
        cpu    = 1000
        memory = 1024
      }
    }
  }
}
