"""The chart, by Helm 3 and Helm 4, with the values of ci/: what is rendered is valid for Kubernetes and keeps what the chart promises."""

import functools
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from support import ROOT, checker, is_setting, run, run_package

CHART = ROOT / "infrastructure/helm/cloudcart"
PROMETHEUS = ROOT / "infrastructure/observability/prometheus"
CASES = sorted(path.stem for path in (CHART / "ci").glob("*.yaml"))
OLDEST, NEWEST = "1.27.0", "1.37.0"
SERVICES = {"user", "product", "order", "analytics", "gateway", "dashboard"}
CALLS = {
    "user": {"order", "analytics"},
    "product": {"user", "order"},
    "order": {"user", "product"},
    "analytics": {"user", "product", "order"},
    "gateway": {"user", "product", "order", "analytics"},
    "dashboard": {"user", "product", "order", "analytics"},
}
every_case = pytest.mark.parametrize("case", CASES)


def helm(*arguments, version="helm3"):
    return run(checker(version), *arguments)


@functools.cache
def rendered(case, *more, kubernetes=NEWEST, version="helm3"):
    answer = helm("template", "shop", CHART, "--namespace", "shops", "--kube-version", kubernetes,
                  "--values", CHART / f"ci/{case}.yaml", *more, version=version)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def objects(case, *more, **how):
    return [found for found in yaml.safe_load_all(rendered(case, *more, **how)) if found]


def of_kind(case, kind, *more):
    return [found for found in objects(case, *more) if found["kind"] == kind]


def name_of(found):
    return found["metadata"]["name"]


def component(found):
    return found["metadata"]["labels"].get("app.kubernetes.io/component")


def pods(case):
    """What makes pods, and the template of them."""
    return [(name_of(found), found["spec"]["template"]) for found in objects(case) if found["kind"] in ("Deployment", "Job")]


def containers(case):
    return [(name, template["spec"], each) for name, template in pods(case) for each in template["spec"]["containers"]]


def refusal(*more, case="minimal"):
    answer = helm("template", "shop", CHART, "--values", CHART / f"ci/{case}.yaml", *more)
    assert answer.returncode != 0, f"accepted: {more}"
    return answer.stderr


def matches(selector, labels):
    wanted = selector.get("matchLabels", {})
    assert set(selector) <= {"matchLabels"} and wanted, f"not understood, or for everything: {selector}"
    return wanted.items() <= labels.items()


# ---- as Helm and Kubernetes read it


@every_case
@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_lint_has_nothing_to_say(case, version):
    answer = helm("lint", "--strict", CHART, "--values", CHART / f"ci/{case}.yaml", version=version)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "[WARNING]" not in answer.stdout and "[ERROR]" not in answer.stdout


@every_case
def test_helm_3_and_4_render_the_same(case):
    assert objects(case, version="helm3") == objects(case, version="helm4")


@every_case
@pytest.mark.parametrize("kubernetes", [OLDEST, NEWEST])
def test_what_is_rendered_is_valid_for_kubernetes(case, kubernetes, tmp_path):
    # But the operator's own kinds, which are looked at below.
    known = [found for found in objects(case, kubernetes=kubernetes) if not found["apiVersion"].startswith("monitoring.coreos.com/")]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(known))
    answer = run_package("kubernetes-validate", "--strict", "--kubernetes-version", kubernetes, tmp_path / "all.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("passed") == len(known), answer.stdout


def test_the_validator_sees_mistakes(tmp_path):
    (service,) = [found for found in objects("minimal") if found["kind"] == "Service" and component(found) == "user"]
    service["spec"]["ports"][0]["prot"] = "TCP"
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(service))
    assert run_package("kubernetes-validate", "--strict", "--kubernetes-version", NEWEST, tmp_path / "wrong.yaml").returncode != 0


@every_case
def test_names_are_unique_and_short_enough(case):
    names = [(found["kind"], name_of(found)) for found in objects(case)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) and len(name) <= 63 for _, name in names)


def test_long_release_names_keep_apart():
    answer = helm("template", "a-release-with-a-name-as-long-as-helm-takes-1234", CHART, "--values", CHART / "ci/production.yaml")
    assert answer.returncode == 0, answer.stderr
    found = [each for each in yaml.safe_load_all(answer.stdout) if each]
    assert all(len(name_of(each)) <= 63 for each in found)
    assert {component(each) for each in found if each["kind"] == "Deployment"} == SERVICES


def test_ci_values_are_not_in_the_package(tmp_path):
    assert helm("package", CHART, "--destination", tmp_path).returncode == 0
    listed = run("tar", "tzf", next(tmp_path.glob("*.tgz"))).stdout.split()
    assert {f"cloudcart/files/{name}" for name in rules_of_prometheus()} <= set(listed)
    assert "cloudcart/values.schema.json" in listed
    assert not [path for path in listed if path.startswith("cloudcart/ci/")]


# ---- every pod


@every_case
def test_every_pod_is_confined(case):
    for name, spec, container in containers(case):
        pod, own = spec["securityContext"], container["securityContext"]
        assert pod["runAsNonRoot"] is True and pod["runAsUser"] == 10001 and pod["fsGroup"] == 10001, name
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert own["allowPrivilegeEscalation"] is False and own["privileged"] is False, name
        assert own["readOnlyRootFilesystem"] is True and own["capabilities"] == {"drop": ["ALL"]}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        assert all("hostPath" not in volume for volume in spec["volumes"]), name


@every_case
def test_no_pod_gets_variables_that_the_program_would_refuse(case):
    """Of a Service shop-order Kubernetes makes SHOP_ORDER_PORT; of one that is called cloudcart-order, a setting that is misspelt."""
    assert all(template["spec"]["enableServiceLinks"] is False for _, template in pods(case))


@every_case
def test_what_is_written_to_is_bounded(case):
    for name, spec, container in containers(case):
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        assert len(volumes) == len(spec["volumes"]), name
        for mount in container["volumeMounts"]:
            volume = volumes[mount["name"]]
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], name
            else:
                assert mount["readOnly"] is True and "subPath" not in mount, name
        assert "/var/lib/cloudcart" in [mount["mountPath"] for mount in container["volumeMounts"]], name
        used = {mount["name"] for each in spec["containers"] for mount in each["volumeMounts"]}
        assert used == volumes.keys(), name


@every_case
def test_resources_are_asked_for(case):
    for name, _, container in containers(case):
        assert container["resources"]["requests"].keys() >= {"cpu", "memory"}, name
        assert "memory" in container["resources"]["limits"], name


@every_case
def test_probes_ask_what_the_server_answers(case):
    for found in of_kind(case, "Deployment"):
        (container,) = found["spec"]["template"]["spec"]["containers"]
        assert container["startupProbe"]["httpGet"] == {"path": "/health", "port": "http"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/health", "port": "http"}
        assert container["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "http"}
        # /health of a gateway asks the services, for 2 s at most: a service that hangs must not end its gateways.
        assert container["livenessProbe"]["timeoutSeconds"] > 2
        assert [port["name"] for port in container["ports"]] == ["http"]


@every_case
def test_a_pod_that_ends_has_time_to_drain(case):
    (shared,) = of_kind(case, "ConfigMap")
    lame_duck, drain = (int(shared["data"][f"CLOUDCART_RUNTIME_{name}"].removesuffix("s")) for name in ("LAME_DUCK", "DRAIN_TIMEOUT"))
    for found in of_kind(case, "Deployment"):
        spec = found["spec"]["template"]["spec"]
        assert lame_duck < drain < spec["terminationGracePeriodSeconds"]
        ready = spec["containers"][0]["readinessProbe"]
        assert ready["periodSeconds"] * ready["failureThreshold"] < lame_duck, "taken out before it stops serving"
        assert found["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


@every_case
def test_pods_are_spread(case):
    for found in of_kind(case, "Deployment"):
        spread = found["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert {each["topologyKey"] for each in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        assert all(matches(each["labelSelector"], found["spec"]["template"]["metadata"]["labels"]) for each in spread)


# ---- settings and secrets


@every_case
def test_variables_are_settings_of_the_program(case):
    shared = {name_of(found): found["data"] for found in of_kind(case, "ConfigMap")}
    for name, _, container in containers(case):
        variables = [each["name"] for each in container["env"]]
        for source in container.get("envFrom", []):
            variables += shared[source["configMapRef"]["name"]]
        assert [each for each in variables if not is_setting(each)] == [], name
        assert len(variables) == len(set(variables)), f"{name}: set twice"


@every_case
def test_files_that_settings_name_are_mounted(case):
    for name, spec, container in containers(case):
        shared = of_kind(case, "ConfigMap")[0]["data"] if container.get("envFrom") else {}
        values = {each["name"]: each["value"] for each in container["env"]} | shared
        paths = [value for variable, value in values.items() if variable.endswith("_FILE")]
        assert paths, name
        for path in paths:
            (mount,) = [each for each in container["volumeMounts"] if each["mountPath"] == str(Path(path).parent)]
            (volume,) = [each for each in spec["volumes"] if each["name"] == mount["name"]]
            if path.endswith("/ca.crt"):
                continue  # all keys of that Secret
            sources = [volume["secret"]] if "secret" in volume else [each["secret"] for each in volume["projected"]["sources"]]
            assert Path(path).name in [item["path"] for source in sources for item in source["items"]], f"{name}: {path}"


@every_case
def test_no_secret_is_in_the_chart(case):
    assert of_kind(case, "Secret") == []
    text = rendered(case) + (CHART / "values.yaml").read_text()
    assert not re.search(r"://[^/\s:\"]+:[^/@\s]+@(?!host)", text), "a password in an address"
    for _, _, container in containers(case):
        for variable in container["env"]:
            hidden = re.search(r"PASSWORD|JWT_SECRET|POSTGRES_(REPLICA_)?URL|CACHE_REDIS$|CLICKHOUSE_URL", variable["name"])
            assert not hidden or variable["name"].endswith("_FILE"), variable


@every_case
def test_secrets_are_those_that_the_values_name(case):
    values = yaml.safe_load((CHART / f"ci/{case}.yaml").read_text())
    named = set(re.findall(r"(?:existingSecret|caSecret|tlsSecret): ([-a-z0-9]+)", (CHART / f"ci/{case}.yaml").read_text()))
    named |= {each["name"] for each in values.get("imagePullSecrets", [])}
    used = set()
    for _, template in pods(case):
        spec = template["spec"]
        used |= {each["name"] for each in spec.get("imagePullSecrets", [])}
        for volume in spec["volumes"]:
            if "secret" in volume:
                used.add(volume["secret"]["secretName"])
            used |= {each["secret"]["name"] for each in volume.get("projected", {}).get("sources", [])}
    used |= {tls["secretName"] for found in of_kind(case, "Ingress") for tls in found["spec"].get("tls", [])}
    assert used == named


def test_each_service_may_sign_in_as_another_role():
    def database(component_wanted):
        (found,) = [each for each in of_kind("production", "Deployment") if component(each) == component_wanted]
        (volume,) = [each for each in found["spec"]["template"]["spec"]["volumes"] if each["name"] == "engines"]
        return volume["projected"]["sources"][0]["secret"]

    assert (database("user")["name"], database("user")["items"][0]["key"]) == ("cloudcart-user-database", "dsn")
    assert database("order")["name"] == "cloudcart-postgres"
    assert [item["key"] for item in database("order")["items"]] == ["url", "replica"]


@every_case
def test_all_processes_share_the_keys(case):
    secrets = set()
    for found in of_kind(case, "Deployment"):
        (volume,) = [each for each in found["spec"]["template"]["spec"]["volumes"] if each["name"] == "keys"]
        secrets.add((volume["secret"]["secretName"], volume["secret"]["items"][0]["key"]))
    assert len(secrets) == 1


# ---- what belongs together


@every_case
def test_each_service_is_whole(case):
    deployments = {component(found): found for found in of_kind(case, "Deployment")}
    assert deployments.keys() == SERVICES - ({"dashboard"} if case == "plain" else set())
    services = {component(found): found for found in of_kind(case, "Service") if component(found)}
    budgets = {component(found): found for found in of_kind(case, "PodDisruptionBudget")}
    assert services.keys() == budgets.keys() == deployments.keys()
    for name, found in deployments.items():
        labels = found["spec"]["template"]["metadata"]["labels"]
        assert matches(found["spec"]["selector"], labels)
        assert matches({"matchLabels": services[name]["spec"]["selector"]}, labels)
        assert matches(budgets[name]["spec"]["selector"], labels)
        assert budgets[name]["spec"]["maxUnavailable"] == 1
        others = [each for each, other in deployments.items() if other is not found
                  and matches(found["spec"]["selector"], other["spec"]["template"]["metadata"]["labels"])]
        assert others == [], f"the selector of {name} takes pods of {others}"


@every_case
def test_autoscaling_has_bounds(case):
    scalers = {component(found): found["spec"] for found in of_kind(case, "HorizontalPodAutoscaler")}
    for found in of_kind(case, "Deployment"):
        spec = scalers.get(component(found))
        if spec is None:
            assert found["spec"]["replicas"] >= 1
            continue
        assert "replicas" not in found["spec"], "an upgrade would undo what the autoscaler decided"
        assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": name_of(found)}
        assert 1 <= spec["minReplicas"] <= spec["maxReplicas"]
        assert [each["resource"]["name"] for each in spec["metrics"]] == ["cpu"]
    assert case != "production" or scalers.keys() == SERVICES


@every_case
def test_services_find_those_whom_they_call(case):
    services = {name_of(found): found["spec"]["ports"][0]["port"] for found in of_kind(case, "Service")}
    for found in of_kind(case, "Deployment"):
        (container,) = found["spec"]["template"]["spec"]["containers"]
        variables = {each["name"]: each["value"] for each in container["env"]}
        called = {}
        for variable, value in variables.items():
            if variable.startswith("CLOUDCART_UPSTREAMS_"):
                called[variable.removeprefix("CLOUDCART_UPSTREAMS_").lower()] = re.fullmatch(r"http://([^:]+):(\d+)", value).groups()
        assert called.keys() == CALLS[component(found)]
        for service, (host, port) in called.items():
            assert host.endswith(f"-{service}") and services[host] == int(port)
        runs = "gateway" if component(found) == "dashboard" else component(found)
        assert variables["CLOUDCART_SERVICES"] == runs


def test_the_image_is_the_digest_where_there_is_one():
    assert {each["image"] for _, _, each in containers("plain")} == {"ghcr.io/cloudcart/cloudcart:0.1.0-rc1"}
    assert {each["image"].split("@")[1][:9] for _, _, each in containers("production")} == {"sha256:01"}
    version = re.search(r"project\(cloudcart VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert {each["image"] for _, _, each in containers("minimal")} == {f"ghcr.io/cloudcart/cloudcart:{version}"}


# ---- the network


def policies(case):
    return {name_of(found): found["spec"] for found in of_kind(case, "NetworkPolicy")}


@pytest.mark.parametrize("case", ["minimal", "production"])
def test_every_pod_is_denied_what_no_policy_allows(case):
    denying = policies(case)["shop-cloudcart-default-deny"]
    assert denying["policyTypes"] == ["Ingress", "Egress"] and not {"ingress", "egress"} & denying.keys()
    for name, template in pods(case):
        assert matches(denying["podSelector"], template["metadata"]["labels"]), name
        own = [spec for policy, spec in policies(case).items() if policy == name]
        assert len(own) == 1 and matches(own[0]["podSelector"], template["metadata"]["labels"]), name
    assert policies("plain") == {}


@pytest.mark.parametrize("case", ["minimal", "production"])
def test_services_are_reached_by_those_who_call_them_alone(case):
    found = policies(case)
    metrics = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    for service in SERVICES - {"gateway", "dashboard"}:
        spec = found[f"shop-cloudcart-{service}"]
        callers, monitoring = spec["ingress"]
        names = {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in callers["from"]}
        assert names == {caller for caller, called in CALLS.items() if service in called}
        assert monitoring["from"] == metrics and len(callers["ports"]) == 1
        assert all(set(peer) == {"podSelector"} for peer in callers["from"]), "of this namespace"
    for front in ("gateway", "dashboard"):
        outside, monitoring = found[f"shop-cloudcart-{front}"]["ingress"]
        assert outside["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}]
        assert monitoring["from"] == metrics


@pytest.mark.parametrize("case", ["minimal", "production"])
def test_egress_is_to_what_is_needed(case):
    for service, called in CALLS.items():
        rules = policies(case)[f"shop-cloudcart-{service}"]["egress"]
        to_pods = {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                   for rule in rules for peer in rule.get("to", []) if "podSelector" in peer}
        assert to_pods == called
        assert all(rule.get("ports") for rule in rules), "a rule without ports is for all of them"
        (deployment,) = [each for each in of_kind(case, "Deployment") if component(each) == service]
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        variables = {each["name"] for each in container["env"]}
        ports = {port["port"] for rule in rules for port in rule["ports"]}
        assert (5432 in ports) == ("CLOUDCART_POSTGRES_URL_FILE" in variables)
        assert (6379 in ports) == ("CLOUDCART_CACHE_REDIS_FILE" in variables)
        assert (9094 in ports) == ("CLOUDCART_KAFKA_BROKERS" in variables)
        assert (8123 in ports) == ("CLOUDCART_CLICKHOUSE_URL_FILE" in variables)
        blocks = [peer["ipBlock"] for rule in rules for peer in rule.get("to", []) if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"]
        assert len(blocks) == (service == "analytics")
        assert all("169.254.0.0/16" in block["except"] and "10.0.0.0/8" in block["except"] for block in blocks)


# ---- ingress, migrations, monitoring


def test_ingress():
    hosts = {component(found): found["spec"] for found in of_kind("production", "Ingress")}
    assert hosts.keys() == {"gateway", "dashboard"}
    closed = [found for found in of_kind("production", "Service") if name_of(found).endswith("-closed")]
    assert len(closed) == 1 and "selector" not in closed[0]["spec"]
    for front, spec in hosts.items():
        (rule,) = spec["rules"]
        assert spec["tls"] == [{"hosts": [rule["host"]], "secretName": "api-tls" if front == "gateway" else "dashboard-tls"}]
        backends = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
        assert backends == {"/": f"shop-cloudcart-{front}", "/metrics": name_of(closed[0])}
    (plain,) = of_kind("plain", "Ingress")
    assert "tls" not in plain["spec"] and component(plain) == "gateway"
    assert of_kind("minimal", "Ingress") == []


@pytest.mark.parametrize("case", ["minimal", "production"])
def test_migrations_come_first(case):
    (job,) = of_kind(case, "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    spec = job["spec"]["template"]["spec"]
    assert "serviceAccountName" not in spec, "the chart's is not there yet"
    assert [name for name in ("initContainers",) if name in spec] == []
    assert {each["name"] for each in spec["containers"]} == {"user", "product", "order", "analytics"}
    for each in spec["containers"]:
        assert each["args"][0] == "migrate" and "envFrom" not in each
        assert {"name": "CLOUDCART_SERVICES", "value": each["name"]} in each["env"]
    (policy,) = [found for found in of_kind(case, "NetworkPolicy") if component(found) == "migrate"]
    assert int(policy["metadata"]["annotations"]["helm.sh/hook-weight"]) < int(job["metadata"]["annotations"]["helm.sh/hook-weight"])
    waits = int(spec["containers"][0]["args"][2].removesuffix("s"))
    assert job["spec"]["activeDeadlineSeconds"] > waits * (job["spec"]["backoffLimit"] + 1)


def rules_of_prometheus():
    """The files of rules, without their tests: name and what is in them."""
    files = {file.name: file.read_bytes() for file in sorted(PROMETHEUS.glob("*.yml"))}
    return {name: text for name, text in files.items() if "groups" in yaml.safe_load(text)}


def test_monitoring(tmp_path):
    (monitor,) = of_kind("production", "ServiceMonitor")
    selector = monitor["spec"]["selector"]
    assert selector["matchExpressions"] == [{"key": "app.kubernetes.io/component", "operator": "Exists"}]
    found = [each for each in of_kind("production", "Service") if selector["matchLabels"].items() <= each["metadata"]["labels"].items()
             and component(each)]
    assert {component(each) for each in found} == SERVICES
    assert [(each["port"], each["path"]) for each in monitor["spec"]["endpoints"]] == [("http", "/metrics")]
    (rules,) = of_kind("production", "PrometheusRule")
    assert rules["metadata"]["labels"]["release"] == monitor["metadata"]["labels"]["release"] == "prometheus"
    assert rules["spec"]["groups"] == [group for text in rules_of_prometheus().values() for group in yaml.safe_load(text)["groups"]]
    # The job that the rules ask for is what that label of the Services says.
    assert {each["metadata"]["labels"][monitor["spec"]["jobLabel"]] for each in found} == {"cloudcart"}
    assert set(re.findall(r'job="([^"]*)"', yaml.safe_dump(rules["spec"]))) <= {"cloudcart"}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules["spec"]))
    answer = run(checker("promtool"), "check", "rules", tmp_path / "rules.yml")
    assert answer.returncode == 0 and "SUCCESS" in answer.stdout, answer.stdout + answer.stderr
    assert of_kind("minimal", "ServiceMonitor") == of_kind("minimal", "PrometheusRule") == []


def test_the_chart_has_the_rules_as_they_are():
    copies = {file.name: file.read_bytes() for file in (CHART / "files").iterdir()}
    assert copies == rules_of_prometheus(), f"copy the rules of {PROMETHEUS} to {CHART / 'files'}"
    assert "alerts.yml" in copies


def notes(case, tmp_path):
    """Helm shows them after an installation alone; so they are rendered as a text of an object."""
    chart = tmp_path / case
    shutil.copytree(CHART, chart)
    text = (chart / "templates/NOTES.txt").read_text()
    (chart / "templates/shown.yaml").write_text('{{ define "notes" }}' + text + '{{ end }}notes: {{ include "notes" . | quote }}\n')
    answer = helm("template", "shop", chart, "--values", chart / f"ci/{case}.yaml", "--show-only", "templates/shown.yaml")
    assert answer.returncode == 0, answer.stderr
    return yaml.safe_load(answer.stdout)["notes"]


def test_notes(tmp_path):
    production, plain = notes("production", tmp_path), notes("plain", tmp_path)
    # user and order at most 6, product 12, analytics 4, and one more of each: 32 processes of 20.
    assert "allow 640 connections" in production and "allow 40 connections" in plain
    assert "https://dashboard.shop.example/" in production and "WARNING" not in production
    assert plain.count("WARNING") == 2


# ---- values


@pytest.mark.parametrize("values, says", [
    (["--set", "auth.existingSecret="], "existingSecret"),
    (["--set", "postgres.existingSecret=null"], "existingSecret"),
    (["--set", "postgres.password=secret"], "password"),
    (["--set", "image.tag=a b"], "tag"),
    (["--set", "image.digest=sha256:12"], "digest"),
    (["--set", "shop.currency=euro"], "currency"),
    (["--set", "redis.enabled=true"], "existingSecret"),
    (["--set", "clickhouse.enabled=true"], "existingSecret"),
    (["--set", "kafka.enabled=true"], "brokers"),
    (["--set", "kafka.brokers={kafka.internal}"], "brokers"),
    (["--set", "kafka.sasl.user=shop"], "existingSecret"),
    (["--set", "services.payment.replicas=1"], "payment"),
    (["--set", "services.order.replicas=two"], "replicas"),
    (["--set", "services.order.autoscaling.minReplicas=0"], "minReplicas"),
    (["--set-string", r"settings.auth\.jwt_secret=0123456789012345678901234567890123456789"], "settings"),
    (["--set-string", r"settings.kafka\.password=secret"], "settings"),
    (["--set-string", r"settings.ports\.order=1"], "settings"),
    (["--set-string", r"services.user.settings.postgres\.url=postgresql://x"], "settings"),
    (["--set", "trustedProxies={everybody}"], "trustedProxies"),
    (["--set", "networkPolicy.engines.postgres.ports=null"], "ports"),
    (["--set", "networkPolicy.dns.to=[]"], "to"),
    (["--set", "ingress.gateway.host=https://shop.example"], "host"),
    (["--set", "shutdown.marginSeconds=0"], "marginSeconds"),
    (["--set", "shutdown.lameDuckSeconds=25"], "must be less than"),
    (["--set", "services.user.autoscaling.minReplicas=7"], "more than maxReplicas"),
    (["--set", "services.product.replicas=2"], "redis.enabled"),
    (["--set", "services.product.autoscaling.enabled=true"], "redis.enabled"),
    (["--set", "services.analytics.replicas=2"], "clickhouse.enabled"),
])
def test_values_that_cannot_work_are_refused(values, says):
    assert says in refusal(*values)


def keys_of(values, prefix=""):
    for key, value in values.items():
        path = f"{prefix}{key}"
        yield path
        if isinstance(value, dict) and path not in ("defaults.resources", "migrations.resources", "services.analytics.resources"):
            yield from keys_of(value, path + ".")


def test_the_schema_knows_every_value_and_the_readme_names_it():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    readme = (CHART / "README.md").read_text()
    assert values.keys() <= schema["properties"].keys()
    leaves = [path for path in keys_of(values) if path.split(".")[0] != "services"]
    missing = [path for path in leaves if not any(other.startswith(path + ".") for other in leaves) and f"`{path}`" not in readme]
    assert missing == []
    known = set(leaves)
    named = set(re.findall(r"^\| `([A-Za-z.]+)` \|", readme, re.M))
    assert {name for name in named if not name.startswith("services.")} <= known
