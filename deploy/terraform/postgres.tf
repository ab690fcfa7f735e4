resource "random_password" "postgres" {
  for_each = toset(concat(["owner"], local.roles))
  length   = 32
  special  = false
}

resource "aws_db_subnet_group" "main" {
  name       = var.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_parameter_group" "main" {
  name   = var.name
  family = "postgres17"

  parameter {
    name         = "max_connections"
    value        = var.postgres_connections_max
    apply_method = "pending-reboot"
  }

  # `onsale migrate` speaks no TLS yet; the services do, as the server offers it. Both stay within the network.
  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }

  parameter {
    name  = "jit"
    value = "0"
  }

  # What was acknowledged is on disk: never off, whatever it costs.
  parameter {
    name  = "synchronous_commit"
    value = "on"
  }
}

resource "aws_db_instance" "main" {
  identifier                   = var.name
  engine                       = "postgres"
  engine_version               = "17"
  instance_class               = var.postgres_class
  storage_type                 = "gp3"
  allocated_storage            = 400
  max_allocated_storage        = 2000
  storage_encrypted            = true
  db_name                      = "onsale"
  username                     = "onsale_owner"
  password                     = random_password.postgres["owner"].result
  db_subnet_group_name         = aws_db_subnet_group.main.name
  parameter_group_name         = aws_db_parameter_group.main.name
  vpc_security_group_ids       = [aws_security_group.engines.id]
  multi_az                     = true # its standby is synchronous: nothing acknowledged is lost with a zone
  backup_retention_period      = 14
  performance_insights_enabled = true
  deletion_protection          = true
  final_snapshot_identifier    = "${var.name}-last"
  copy_tags_to_snapshot        = true
  auto_minor_version_upgrade   = false
}
