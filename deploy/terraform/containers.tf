# A Kubernetes cluster for the chart in deploy/helm/onsale, and a place for the image.
resource "aws_ecr_repository" "onsale" {
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

data "aws_iam_policy_document" "assume" {
  for_each = { cluster = "eks.amazonaws.com", node = "ec2.amazonaws.com" }

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "of" {
  for_each           = data.aws_iam_policy_document.assume
  name               = "${var.name}-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_iam_role_policy_attachment" "of" {
  for_each = {
    AmazonEKSClusterPolicy             = "cluster"
    AmazonEKSWorkerNodePolicy          = "node"
    AmazonEKS_CNI_Policy               = "node"
    AmazonEC2ContainerRegistryPullOnly = "node"
  }
  role       = aws_iam_role.of[each.value].name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_eks_cluster" "main" {
  name     = var.name
  role_arn = aws_iam_role.of["cluster"].arn
  version  = "1.33"

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }

  vpc_config {
    subnet_ids              = aws_subnet.private[*].id
    endpoint_private_access = true
    endpoint_public_access  = length(var.administrators) > 0
    public_access_cidrs     = length(var.administrators) > 0 ? var.administrators : null
  }

  depends_on = [aws_iam_role_policy_attachment.of]
}

# Network policies are kept by the network plug-in; replicas follow processors by the metrics server.
resource "aws_eks_addon" "of" {
  for_each                    = toset(["vpc-cni", "coredns", "kube-proxy", "metrics-server"])
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.value
  resolve_conflicts_on_update = "OVERWRITE"
  configuration_values        = each.value == "vpc-cni" ? jsonencode({ enableNetworkPolicy = "true" }) : null
  depends_on                  = [aws_eks_node_group.main]
}

resource "aws_eks_node_group" "main" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = var.name
  node_role_arn   = aws_iam_role.of["node"].arn
  subnet_ids      = aws_subnet.private[*].id
  ami_type        = "AL2023_ARM_64_STANDARD"
  instance_types  = [var.node_class]

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = var.nodes_max
  }

  update_config {
    max_unavailable = 1
  }

  depends_on = [aws_iam_role_policy_attachment.of]

  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
}
