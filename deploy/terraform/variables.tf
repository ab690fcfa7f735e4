variable "name" {
  description = "What everything is called."
  type        = string
  default     = "onsale"
}

variable "region" {
  description = "The region of all but the search engine."
  type        = string
  default     = "eu-central-1"
}

variable "search_region" {
  description = "The search engine's region, as Elastic names it; near the other one."
  type        = string
  default     = "aws-eu-central-1"
}

variable "host" {
  description = "The host that buyers see, without https://."
  type        = string
}

variable "network" {
  description = "The addresses of the network, a /16. Pods and engines are in it."
  type        = string
  default     = "10.20.0.0/16"
}

variable "postgres_class" {
  description = "The machine of PostgreSQL. Its cores are what paid orders cost most of (docs/capacity.md)."
  type        = string
  default     = "db.m7g.2xlarge"
}

variable "postgres_connections_max" {
  description = "max_connections; the chart's databaseConnectionsMax must be below."
  type        = number
  default     = 620
}

variable "redis_class" {
  description = "The machine of each Redis master. Redis uses one core of it."
  type        = string
  default     = "cache.m7g.large"
}

variable "kafka_class" {
  description = "The machine of each Kafka broker."
  type        = string
  default     = "kafka.m7g.large"
}

variable "node_class" {
  description = "The machines that the roles run on."
  type        = string
  default     = "m7g.2xlarge"
}

variable "nodes_max" {
  description = "As many of them at most; a sale begins with as many as it may need (docs/capacity.md)."
  type        = number
  default     = 12
}

variable "administrators" {
  description = "Networks (CIDR) from which the cluster's API may be reached."
  type        = list(string)
  default     = []
}
