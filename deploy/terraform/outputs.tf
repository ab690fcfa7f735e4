locals {
  roles = ["gateway", "auth", "booking", "payment", "search", "admin", "notification"]

  # All of one server have the same form: `onsale migrate` tells by it whose schema is where. Services use TLS where the
  # server offers it, as this one does.
  database = "${aws_db_instance.main.endpoint}/${aws_db_instance.main.db_name}"
}

resource "random_password" "secret" {
  length  = 48
  special = false
}

output "region" {
  description = "Where it is."
  value       = var.region
}

output "cluster" {
  description = "The Kubernetes cluster's name."
  value       = aws_eks_cluster.main.name
}

output "repository" {
  description = "Where the image is pushed to."
  value       = aws_ecr_repository.onsale.repository_url
}

output "values" {
  description = "Values of the chart that follow from what was made: deploy/up writes them to a file."
  value = yamlencode({
    image                  = { repository = aws_ecr_repository.onsale.repository_url }
    databaseConnectionsMax = var.postgres_connections_max - 20
    settings = {
      PUBLIC_URL              = "https://${var.host}"
      KAFKA_BOOTSTRAP_SERVERS = aws_msk_cluster.main.bootstrap_brokers
    }
    ingress         = { host = var.host }
    networkPolicies = { engines = [{ to = [{ ipBlock = { cidr = var.network } }], ports = [5432, 6379, 9092, 4317] }, { to = [{ ipBlock = { cidr = "0.0.0.0/0" } }], ports = [443] }] }
  })
}

output "secrets" {
  description = "The keys of the Secret `onsale`; those of the payment provider and of the mail server are added by hand."
  sensitive   = true
  value = merge(
    {
      ONSALE_SECRET     = random_password.secret.result
      DATABASE_URL      = "postgres://onsale_owner:${random_password.postgres["owner"].result}@${local.database}"
      REDIS_URLS        = join(",", [for master in aws_elasticache_cluster.master : "redis://${master.cache_nodes[0].address}:6379"])
      ELASTICSEARCH_URL = replace(ec_deployment.search.elasticsearch.https_endpoint, "https://", "https://${ec_deployment.search.elasticsearch_username}:${ec_deployment.search.elasticsearch_password}@")
    },
    { for role in local.roles : "DATABASE_URL_${upper(role)}" => "postgres://onsale_${role}:${random_password.postgres[role].result}@${local.database}" }
  )
}
