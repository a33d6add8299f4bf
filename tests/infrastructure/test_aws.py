"""The CloudFormation templates, by cfn-lint, and what they promise of networks, encryption, rights and what is kept; and deploy, with an AWS that notes
what it is asked."""

import functools
import re
import stat

import pytest
import yaml

from support import ROOT, checker, is_setting, run, run_package

FOLDER = ROOT / "infrastructure/aws"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
SERVICES = ("user", "product", "order", "analytics", "gateway")
every_template = pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)


class Reader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: !Ref x is {"Ref": x}, !Sub x is {"Fn::Sub": x}."""


def read_short_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    build = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return {name: build(node, deep=True)}


Reader.add_multi_constructor("!", read_short_form)


@functools.cache
def template(name):
    return yaml.load((FOLDER / f"{name}.yaml").read_text(), Reader)


def resources(kind, name=None):
    found = {}
    for file in TEMPLATES:
        if name in (None, file.stem):
            found |= {key: each for key, each in template(file.stem)["Resources"].items() if each["Type"] == kind}
    return found


def properties(name, resource):
    return template(name)["Resources"][resource]["Properties"]


def everything(value):
    """All values below one, itself included."""
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(each)


def statements():
    for file in TEMPLATES:
        for key, resource in template(file.stem)["Resources"].items():
            for each in everything(resource):
                if isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny"):
                    yield f"{file.stem}: {key}", each


def listed(value):
    return value if isinstance(value, list) else [value]


# ---- as CloudFormation reads them


@every_template
def test_cfn_lint_has_nothing_to_say(file):
    answer = run_package("cfn-lint", "--regions", "eu-central-1" if file.stem != "edge" else "us-east-1", "--", file)
    assert answer.returncode == 0 and answer.stdout.strip() == "", answer.stdout + answer.stderr


def test_cfn_lint_sees_mistakes(tmp_path):
    (tmp_path / "wrong.yaml").write_text((FOLDER / "data.yaml").read_text().replace("MultiAZ: true", "MultiAZone: true"))
    assert "MultiAZone" in run_package("cfn-lint", "--", tmp_path / "wrong.yaml").stdout


def test_stacks_find_each_other():
    exported = {}
    for file in TEMPLATES:
        for output in template(file.stem).get("Outputs", {}).values():
            if "Export" in output:
                exported[output["Export"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", file.stem)] = file.stem
    used = set()
    for file in TEMPLATES:
        for each in everything(template(file.stem)):
            if isinstance(each, dict) and "Fn::ImportValue" in each:
                stack, name = re.fullmatch(r"\$\{(\w+)Stack\}(-[\w-]+)", each["Fn::ImportValue"]["Fn::Sub"]).groups()
                used.add(stack.lower() + name)
    assert used == exported.keys()


@every_template
def test_parameters_are_constrained(file):
    for name, parameter in template(file.stem)["Parameters"].items():
        assert parameter.keys() & {"AllowedPattern", "AllowedValues", "MinValue", "MinLength"}, name
        assert not re.search("password|secret|token", name.lower()) or parameter.get("NoEcho"), name


# ---- networks


def test_three_zones_and_engines_without_a_way_out():
    subnets = resources("AWS::EC2::Subnet", "network")
    assert len(subnets) == 9
    for kind in ("Public", "Service", "Engine"):
        zones = {subnets[f"{kind}Subnet{zone}"]["Properties"]["AvailabilityZone"]["Fn::Select"][0] for zone in "ABC"}
        assert zones == {0, 1, 2}
    blocks = {each["Properties"]["CidrBlock"]["Fn::Select"][0] for each in subnets.values()}
    assert blocks == set(range(9))
    assert not any(each["Properties"].get("MapPublicIpOnLaunch") for each in subnets.values())
    routes = [each["Properties"]["RouteTableId"]["Ref"] for each in resources("AWS::EC2::Route", "network").values()]
    assert "EngineRoutes" not in routes
    for each in resources("AWS::EC2::SubnetRouteTableAssociation", "network").values():
        kind, zone = re.fullmatch(r"(\w+?)Subnet(.)", each["Properties"]["SubnetId"]["Ref"]).groups()
        expected = {"Public": "PublicRoutes", "Service": f"ServiceRoutes{zone}", "Engine": "EngineRoutes"}[kind]
        assert each["Properties"]["RouteTableId"]["Ref"] == expected


def ingress_rules():
    for key, group in resources("AWS::EC2::SecurityGroup").items():
        for rule in group["Properties"].get("SecurityGroupIngress", []):
            yield key, rule
    for rule in resources("AWS::EC2::SecurityGroupIngress").values():
        yield rule["Properties"]["GroupId"]["Ref"], rule["Properties"]


def test_nothing_is_reached_from_the_internet_but_the_balancer_by_cloudfront():
    seen = set()
    for group, rule in ingress_rules():
        seen.add(group)
        assert not {"CidrIp", "CidrIpv6"} & rule.keys(), f"{group}: {rule}"
        assert rule["IpProtocol"] == "tcp" and rule["ToPort"] - rule["FromPort"] <= 3
        if group == "BalancerGroup":
            assert rule["SourcePrefixListId"] == {"Ref": "CloudFrontPrefixList"} and rule["FromPort"] == rule["ToPort"] == 443
        else:
            assert "SourceSecurityGroupId" in rule
    assert seen == {"BalancerGroup", "ServiceGroup", "DatabaseGroup", "CacheGroup", "KafkaGroup"}
    public = [each for each in resources("AWS::ElasticLoadBalancingV2::LoadBalancer").values() if each["Properties"]["Scheme"] == "internet-facing"]
    assert len(public) == 1
    for each in resources("AWS::RDS::DBInstance").values():
        assert each["Properties"]["PubliclyAccessible"] is False
    network = properties("service", "Tasks")["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED" and "service-subnets" in str(network["Subnets"])


def test_the_balancer_answers_cloudfront_alone():
    assert properties("platform", "Listener")["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    assert properties("platform", "Listener")["Protocol"] == "HTTPS" and "TLS13" in properties("platform", "Listener")["SslPolicy"]
    conditions = properties("platform", "FromCloudFront")["Conditions"]
    assert [each["Field"] for each in conditions] == ["http-header", "path-pattern"]
    assert "resolve:secretsmanager" in str(conditions[0])
    headers = properties("edge", "Distribution")["DistributionConfig"]["Origins"][1]["OriginCustomHeaders"]
    assert headers == [{"HeaderName": conditions[0]["HttpHeaderConfig"]["HttpHeaderName"], "HeaderValue": {"Ref": "OriginSecret"}}]


# ---- encryption and secrets


def test_everything_is_encrypted():
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    for name, each in resources("AWS::RDS::DBInstance").items():
        own = each["Properties"]
        # A replica has the encryption of its source.
        assert name == "Replica" or (own["StorageEncrypted"] is True and own["KmsKeyId"] == key)
        assert own["PerformanceInsightsKMSKeyId"] == key
    assert properties("data", "DatabaseParameters")["Parameters"]["rds.force_ssl"] == "1"
    cache = properties("data", "Cache")
    assert cache["TransitEncryptionEnabled"] is cache["AtRestEncryptionEnabled"] is True and cache["TransitEncryptionMode"] == "required"
    kafka = properties("data", "Kafka")
    assert kafka["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "TLS", "InCluster": True}
    assert kafka["EncryptionInfo"]["EncryptionAtRest"]["DataVolumeKMSKeyId"] == key
    assert kafka["ClientAuthentication"]["Unauthenticated"] == {"Enabled": False}
    for each in resources("AWS::SecretsManager::Secret").values():
        assert "KmsKeyId" in each["Properties"]
    for each in resources("AWS::S3::Bucket").values():
        assert each["Properties"]["BucketEncryption"] and set(each["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert "KmsKeyId" in properties("platform", "Logs") and "KmsKeyId" in properties("data", "KafkaLogs")
    assert "KmsMasterKeyId" in properties("data", "Alarms")
    assert properties("data", "Key")["EnableKeyRotation"] is True
    urls = [properties("data", name)["SecretString"]["Fn::Sub"] for name in ("DatabaseUrl", "ReplicaUrl")]
    assert all("sslmode=verify-full" in url for url in urls)
    assert properties("data", "CacheUrl")["SecretString"]["Fn::Sub"].startswith("rediss://")


def test_secrets_are_made_or_put_together_from_those_that_are():
    for name, each in resources("AWS::SecretsManager::Secret").items():
        own = each["Properties"]
        if "SecretString" in own:
            assert "{{resolve:secretsmanager:" in own["SecretString"]["Fn::Sub"], name
        else:
            assert own["GenerateSecretString"]["PasswordLength"] >= 48, name
    for file in TEMPLATES:
        for resource in template(file.stem)["Resources"].values():
            for each in everything(resource):
                for key, value in each.items() if isinstance(each, dict) else ():
                    if key in ("MasterUserPassword", "Passwords", "AuthToken"):
                        assert "resolve:secretsmanager" in str(value), f"{file.stem}: {key}"


def test_containers_get_secrets_as_secrets():
    for task in resources("AWS::ECS::TaskDefinition").values():
        for container in task["Properties"]["ContainerDefinitions"]:
            for each in container.get("Environment", []):
                for variable in [each] if "Name" in each else [part for part in each["Fn::If"][1:] if "Name" in part]:
                    assert not re.search("PASSWORD|SECRET|POSTGRES_URL|REDIS|CLICKHOUSE_URL", variable["Name"])


# ---- rights


def test_rights_are_the_least():
    # Actions that AWS knows no narrower resource for, and policies of a key, whose resource is the key.
    unbounded = {"ecr:GetAuthorizationToken"}
    seen = 0
    for where, statement in statements():
        seen += 1
        assert not {"NotAction", "NotResource", "NotPrincipal"} & statement.keys(), where
        for action in listed(statement["Action"]):
            assert re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z]+\*?", action), f"{where}: {action}"
            assert not action.endswith("*") or where == "data: Key", f"{where}: {action}"
        if statement["Effect"] == "Allow":
            assert statement.get("Principal") != "*" and statement.get("Principal") != {"AWS": "*"}, where
            if statement.get("Resource") == "*" and where != "data: Key":
                assert set(listed(statement["Action"])) <= unbounded, where
            if "Service" in statement.get("Principal", {}):
                assert "Condition" in statement, f"{where}: a service may be used by others"
    assert seen > 15
    assert all(action not in {"kms:*"} for _, statement in statements() for action in listed(statement["Action"]))
    managed = [arn for role in resources("AWS::IAM::Role").values() for arn in role["Properties"].get("ManagedPolicyArns", [])]
    assert [arn["Fn::Sub"].rsplit("/", 1)[1] for arn in managed] == ["AmazonRDSEnhancedMonitoringRole"]
    assert "Policies" not in properties("platform", "TaskRole"), "the program needs nothing of AWS"


def resolved(value, service, clickhouse=""):
    """A value of service.yaml as CloudFormation resolves its conditions."""
    conditions = template("service")["Conditions"]

    def holds(condition):
        if "Condition" in condition:
            return holds(conditions[condition["Condition"]])
        (function, parts), = condition.items()
        if function == "Fn::Equals":
            values = [{"Service": service, "ClickHouseUrl": clickhouse, "ImageRepositoryArn": ""}[part["Ref"]] if isinstance(part, dict) else part
                      for part in parts]
            return values[0] == values[1]
        return {"Fn::Not": lambda: not holds(parts[0]), "Fn::And": lambda: all(map(holds, parts)),
                "Fn::Or": lambda: any(map(holds, parts))}[function]()

    if isinstance(value, list):
        done = [resolved(each, service, clickhouse) for each in value]
        return [each for each in done if each != {"Ref": "AWS::NoValue"}]
    if isinstance(value, dict):
        if "Fn::If" in value:
            condition, then, otherwise = value["Fn::If"]
            return resolved(then if holds(conditions[condition]) else otherwise, service, clickhouse)
        return {key: each for key, each in ((key, resolved(each, service, clickhouse)) for key, each in value.items()) if each != {"Ref": "AWS::NoValue"}}
    return value


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_its_own_secrets_and_addresses(service):
    calls = {"user": {"ORDER", "ANALYTICS"}, "product": {"USER", "ORDER"}, "order": {"USER", "PRODUCT"},
             "analytics": {"USER", "PRODUCT", "ORDER"}, "gateway": {"USER", "PRODUCT", "ORDER", "ANALYTICS"}}[service]
    secrets = {"user": {"POSTGRES_URL"}, "product": {"POSTGRES_URL", "POSTGRES_REPLICA_URL", "CACHE_REDIS", "KAFKA_PASSWORD"},
               "order": {"POSTGRES_URL", "POSTGRES_REPLICA_URL", "KAFKA_PASSWORD"}, "analytics": {"POSTGRES_URL", "KAFKA_PASSWORD", "CLICKHOUSE_URL"},
               "gateway": set()}[service] | {"AUTH_JWT_SECRET"}
    task = resolved(properties("service", "Task"), service, clickhouse="arn")
    container = task["ContainerDefinitions"][1]
    variables = [each["Name"] for each in container["Environment"] + container["Secrets"]]
    assert [each for each in variables if not is_setting(each)] == []
    assert len(variables) == len(set(variables))
    assert {each["Name"].removeprefix("CLOUDCART_") for each in container["Secrets"]} == secrets
    upstreams = {name.removeprefix("CLOUDCART_UPSTREAMS_") for name in variables if name.startswith("CLOUDCART_UPSTREAMS_")}
    assert upstreams == calls
    ports = template("service")["Mappings"]["Facts"]
    for each in container["Environment"]:
        if each["Name"].startswith("CLOUDCART_UPSTREAMS_"):
            called = each["Name"].rsplit("_", 1)[1].lower()
            assert each["Value"] == f"http://{called}:{ports[called]['Port']}"
    role = resolved(properties("service", "StartRole"), service, clickhouse="arn")["Policies"][0]["PolicyDocument"]["Statement"]
    (readable,) = [each["Resource"] for each in role if each["Action"] == "secretsmanager:GetSecretValue"]
    assert len(readable) == len(secrets)
    for each in container["Secrets"]:
        assert any(str(resource) in str(each["ValueFrom"]) for resource in readable), each


def test_containers_are_confined_and_drain():
    tasks = [properties("service", "Task"), properties("platform", "Migration"), properties("platform", "FirstAdmin")]
    for container in [each for task in tasks for each in task["ContainerDefinitions"]]:
        assert container["ReadonlyRootFilesystem"] is True and container["User"] == "10001:10001"
        assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
        assert not container.get("Privileged") and container["LogConfiguration"]["LogDriver"] == "awslogs"
    container = tasks[0]["ContainerDefinitions"][1]
    seconds = {each["Name"]: int(each["Value"][:-1]) for each in container["Environment"] if each.get("Name", "").startswith("CLOUDCART_RUNTIME_")}
    lame_duck, drain = seconds["CLOUDCART_RUNTIME_LAME_DUCK"], seconds["CLOUDCART_RUNTIME_DRAIN_TIMEOUT"]
    gateways = properties("platform", "Gateways")
    assert gateways["HealthCheckPath"] == "/ready"
    assert gateways["HealthCheckIntervalSeconds"] * gateways["UnhealthyThresholdCount"] < lame_duck < drain < container["StopTimeout"]
    assert properties("service", "Tasks")["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_analytics_is_alone_without_clickhouse():
    for clickhouse, most in (("", 1), ("arn", {"Ref": "MaxTasks"})):
        assert resolved(properties("service", "Scaling"), "analytics", clickhouse)["MaxCapacity"] == most
    assert resolved(properties("service", "Scaling"), "order")["MaxCapacity"] == {"Ref": "MaxTasks"}


# ---- what is kept, and who is told


def test_what_cannot_be_made_again_is_kept():
    database = template("data")["Resources"]["Database"]
    assert database["DeletionPolicy"] == database["UpdateReplacePolicy"] == "Snapshot"
    assert database["Properties"]["DeletionProtection"] is database["Properties"]["MultiAZ"] is True
    assert template("data")["Parameters"]["BackupDays"]["MinValue"] >= 7
    for name in ("Key", "TokenKey", "DatabasePassword"):
        assert template("data")["Resources"][name]["DeletionPolicy"] == "Retain"
    stateful = {"AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::MSK::Cluster", "AWS::S3::Bucket", "AWS::KMS::Key",
                "AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"}
    for file in TEMPLATES:
        for name, each in template(file.stem)["Resources"].items():
            assert each["Type"] not in stateful or each.keys() >= {"DeletionPolicy", "UpdateReplacePolicy"}, name
    kafka = properties("data", "KafkaConfiguration")["ServerProperties"]
    assert "min.insync.replicas=2" in kafka and "unclean.leader.election.enable=false" in kafka
    cache = properties("data", "Cache")
    assert cache["MultiAZEnabled"] is cache["AutomaticFailoverEnabled"] is True and cache["NumCacheClusters"] >= 2
    assert properties("data", "Kafka")["NumberOfBrokerNodes"] == 3


def test_logs_end_and_alarms_reach_somebody():
    groups = resources("AWS::Logs::LogGroup")
    assert len(groups) >= 3 and all(each["Properties"]["RetentionInDays"] for each in groups.values())
    alarms = resources("AWS::CloudWatch::Alarm")
    assert len(alarms) >= 10
    for name, each in alarms.items():
        assert each["Properties"]["AlarmActions"] and each["Properties"]["AlarmDescription"], name


def test_the_edge():
    distribution = properties("edge", "Distribution")["DistributionConfig"]
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["WebACLId"] == {"Fn::GetAtt": ["Firewall", "Arn"]}
    rates = [each for each in properties("edge", "Firewall")["Rules"] if "RateBasedStatement" in each["Statement"]]
    assert len(rates) == 1 and "Block" in rates[0]["Action"]
    (api,) = distribution["CacheBehaviors"]
    assert api["PathPattern"] == "/api/*" and api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" and api["Compress"] is False
    for origin in distribution["Origins"]:
        assert origin["Id"] != "pages" or origin["OriginAccessControlId"] == {"Ref": "PagesAccess"}
        assert origin["Id"] != "api" or origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_pages_have_the_headers_of_the_program():
    source = (ROOT / "src/web/assets.cpp").read_text()

    def constant(name):
        return "".join(re.findall(r'"([^"]*)"', re.search(rf"{name} =\s*((?:\"[^\"]*\"\s*)+);", source)[1]))

    config = properties("edge", "Headers")["ResponseHeadersPolicyConfig"]
    assert config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"] == constant("page_policy")
    custom = {each["Header"]: each["Value"] for each in config["CustomHeadersConfig"]["Items"]}
    assert custom == {"Permissions-Policy": constant("permissions"), "Cross-Origin-Opener-Policy": "same-origin"}


def test_the_costs_add_up():
    rows = re.findall(r"^\| (.+?) \|.*\| (?:\*\*)?(\d+)(?:\*\*)? \|$", (FOLDER / "README.md").read_text(), re.M)
    *parts, (what, total) = rows
    assert what == "**together**" and len(parts) > 10
    assert sum(int(each) for _, each in parts) == int(total)
    secrets, alarms = len(resources("AWS::SecretsManager::Secret")), len(resources("AWS::CloudWatch::Alarm")) + len(SERVICES) - 1
    assert f"| {secrets} and 1 |" in (FOLDER / "README.md").read_text() and f"{alarms} alarms" in (FOLDER / "README.md").read_text()


# ---- deploy

FAKE = r'''#!/usr/bin/env bash
printf '%s\n' "$(printf '%q ' "$@")" >> "$ASKED"
all=$*
case $all in
  *describe-managed-prefix-lists*) echo pl-0123abcd ;;
  *get-managed-prefix-list-entries*) printf '13.124.0.0/16\t15.158.0.0/16\n' ;;
  *get-bootstrap-brokers*) echo b-1.kafka:9096,b-2.kafka:9096 ;;
  *describe-stacks*) key=${all##*OutputKey==\'}; echo "the-${key%%\'*}" ;;
  *run-task*) echo arn:aws:ecs:eu-central-1:111122223333:task/1 ;;
  *describe-tasks*) echo "${MIGRATION_ENDS:-0}" ;;
  *get-secret-value*) echo 0123456789012345678901234567890123456789 ;;
esac
'''


def deploy(folder, **environment):
    (folder / "bin").mkdir()
    (folder / "bin/aws").write_text(FAKE)
    (folder / "bin/aws").chmod(stat.S_IRWXU)
    (folder / "pages").mkdir()
    (folder / "pages/index.html").write_text("<!doctype html>")
    (folder / "rds-ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    settings = (FOLDER / "deploy.env.example").read_text().replace("=web/dist", f"={folder}/pages").replace("=rds-ca.pem", f"={folder}/rds-ca.pem")
    (folder / "settings").write_text(settings)
    answer = run(FOLDER / "deploy", folder / "settings",
                 env={"PATH": f"{folder}/bin:/usr/bin:/bin", "ASKED": str(folder / "asked"), **environment})
    return answer, (folder / "asked").read_text().splitlines()


def test_deploy_is_clean():
    answer = run(checker("shellcheck"), FOLDER / "deploy")
    assert answer.returncode == 0, answer.stdout


def test_deploy_brings_stacks_in_order_with_parameters_that_they_know(tmp_path):
    answer, asked = deploy(tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    stacks = []
    for line in asked:
        if "cloudformation deploy" not in line:
            continue
        stack = re.search(r"--stack-name cloudcart-(\S+)", line)[1]
        name = re.search(r"/(\w+)\.yaml", line)[1]
        stacks.append(stack)
        # As printf %q writes them.
        given = dict(re.findall(r"(?:^| )([A-Za-z]+)=((?:\\.|[^\s\\])*)", line.split("--parameter-overrides", 1)[1]))
        known = template(name)["Parameters"]
        assert given.keys() <= known.keys(), f"{stack}: {given.keys() - known.keys()}"
        for parameter, facts in known.items():
            assert parameter in given or "Default" in facts, f"{stack} is not told {parameter}"
            value = re.sub(r"\\(.)", r"\1", given.get(parameter, str(facts.get("Default", ""))))
            if "AllowedPattern" in facts:
                assert re.search(facts["AllowedPattern"], value), f"{stack}: {parameter}={value}"
        assert ("us-east-1" in line.split("cloudformation")[0]) == (name == "edge")
    assert stacks == ["network", "data", "platform", *SERVICES, "edge"]
    order = [index for index, line in enumerate(asked) if re.search(r"run-task|tasks-stopped|describe-tasks", line)]
    before = max(index for index, line in enumerate(asked) if "cloudcart-platform --template-file" in line)
    after = min(index for index, line in enumerate(asked) if "cloudcart-user --template-file" in line)
    assert all(before < index < after for index in order) and len(order) == 3
    assert sum("s3 sync" in line for line in asked) == 2


def test_deploy_stops_when_migrations_fail(tmp_path):
    answer, asked = deploy(tmp_path, MIGRATION_ENDS="2")
    assert answer.returncode == 1 and "the migrations ended with 2" in answer.stderr
    assert not any("cloudcart-user --template-file" in line for line in asked)


def test_deploy_says_what_is_missing(tmp_path):
    (tmp_path / "settings").write_text("Region=eu-central-1\n")
    answer = run(FOLDER / "deploy", tmp_path / "settings")
    assert answer.returncode == 1 and "does not say Prefix" in answer.stderr
    (tmp_path / "settings").write_text("rm -rf=1\n")
    assert "is no name" in run(FOLDER / "deploy", tmp_path / "settings").stderr
