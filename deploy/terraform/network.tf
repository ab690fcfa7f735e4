data "aws_availability_zones" "here" {
  state = "available"
}

locals {
  zones = slice(data.aws_availability_zones.here.names, 0, 3)
}

resource "aws_vpc" "main" {
  cidr_block           = var.network
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# Balancers stand in the public part, everything else in the private one, each over three zones.
resource "aws_subnet" "public" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.network, 8, count.index)
  tags              = { Name = "${var.name}-public-${count.index}", "kubernetes.io/role/elb" = "1" }
}

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.network, 4, count.index + 1)
  tags              = { Name = "${var.name}-private-${count.index}", "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

# A way out for each zone: with one for all, its zone would take the others along.
resource "aws_eip" "out" {
  count  = 3
  domain = "vpc"
}

resource "aws_nat_gateway" "out" {
  count         = 3
  allocation_id = aws_eip.out[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
  depends_on    = [aws_internet_gateway.main]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table" "private" {
  count  = 3
  vpc_id = aws_vpc.main.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.out[count.index].id
  }
}

resource "aws_route_table_association" "public" {
  count          = 3
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  count          = 3
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

# The engines take connections of the cluster's nodes and pods only.
resource "aws_security_group" "engines" {
  name        = "${var.name}-engines"
  description = "PostgreSQL, Redis and Kafka, for the cluster alone"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "engines" {
  for_each                     = { postgres = 5432, redis = 6379, kafka = 9092 }
  security_group_id            = aws_security_group.engines.id
  referenced_security_group_id = aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

# Kafka's brokers speak with one another.
resource "aws_vpc_security_group_ingress_rule" "among_engines" {
  security_group_id            = aws_security_group.engines.id
  referenced_security_group_id = aws_security_group.engines.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "among_engines" {
  security_group_id            = aws_security_group.engines.id
  referenced_security_group_id = aws_security_group.engines.id
  ip_protocol                  = "-1"
}
