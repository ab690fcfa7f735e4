# Elasticsearch 8 as Elastic runs it: the engine that the tests run against. Without it PostgreSQL searches.
resource "ec_deployment" "search" {
  name                   = var.name
  region                 = var.search_region
  version                = "8.19.0"
  deployment_template_id = "aws-general-purpose"

  elasticsearch = {
    hot = {
      size       = "4g"
      zone_count = 2
      autoscaling = {
        max_size = "16g"
      }
    }
  }

  kibana = {}
}
