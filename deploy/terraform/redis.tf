# Three masters that know nothing of one another, each in a zone of its own: Redlock wants independent ones, so neither
# replicas nor a cluster. They keep nothing: keys live for seconds and are rebuilt from PostgreSQL.
resource "aws_elasticache_subnet_group" "main" {
  name       = var.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_elasticache_parameter_group" "main" {
  name   = var.name
  family = "redis7"

  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
}

resource "aws_elasticache_cluster" "master" {
  count                    = 3
  cluster_id               = "${var.name}-${count.index}"
  engine                   = "redis"
  engine_version           = "7.1"
  node_type                = var.redis_class
  num_cache_nodes          = 1
  availability_zone        = local.zones[count.index]
  parameter_group_name     = aws_elasticache_parameter_group.main.name
  subnet_group_name        = aws_elasticache_subnet_group.main.name
  security_group_ids       = [aws_security_group.engines.id]
  snapshot_retention_limit = 0
  # Never all at once.
  maintenance_window = ["mon:03:00-mon:04:00", "wed:03:00-wed:04:00", "fri:03:00-fri:04:00"][count.index]
}
