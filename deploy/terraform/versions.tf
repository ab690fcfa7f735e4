terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    ec = {
      source  = "elastic/ec"
      version = "~> 0.12"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # The state holds passwords: keep it where few may read it, e.g.
  # backend "s3" { bucket = "…", key = "onsale", region = "…", encrypt = true, use_lockfile = true }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { project = var.name }
  }
}

# Its key is read from EC_API_KEY.
provider "ec" {}
