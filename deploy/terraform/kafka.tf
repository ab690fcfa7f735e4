# Kafka 4.0 or newer is needed (docs/decisions/0018-groups-in-kafka.md). Clients of ours speak neither TLS nor SASL to it:
# the security group is what keeps others out.
resource "aws_msk_configuration" "main" {
  name           = var.name
  kafka_versions = ["4.0.x.kraft"]

  server_properties = <<-EOT
    auto.create.topics.enable=false
    default.replication.factor=3
    min.insync.replicas=2
    num.partitions=12
    unclean.leader.election.enable=false
  EOT
}

resource "aws_msk_cluster" "main" {
  cluster_name           = var.name
  kafka_version          = "4.0.x.kraft"
  number_of_broker_nodes = 3

  broker_node_group_info {
    instance_type   = var.kafka_class
    client_subnets  = aws_subnet.private[*].id
    security_groups = [aws_security_group.engines.id]

    storage_info {
      ebs_storage_info {
        volume_size = 200
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.main.arn
    revision = aws_msk_configuration.main.latest_revision
  }

  encryption_info {
    encryption_in_transit {
      client_broker = "PLAINTEXT"
      in_cluster    = true
    }
  }

  client_authentication {
    unauthenticated = true
  }
}
