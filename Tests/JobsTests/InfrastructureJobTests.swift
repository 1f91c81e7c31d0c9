import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct InfrastructureJobTests {
    @Test func theProviderIsToldTheVerbTheParametersWithTheirDefaultsAndTheCluster() throws {
        let trial = try JobTrial(.infraInstancesStop, ["nids": [12, 13]], answers: [["stopped": 2]])
        let command = try #require(trial.plan?.commands.first)
        #expect(command.action == "provider.ask" && command.node == 11)
        #expect(command.arguments["verb"] == "infra_instances_stop")
        #expect(command.arguments["parameters"] == ["nids": [12, 13], "timeout": 1800])
        #expect(command.deadline == .seconds(1860))
        #expect(command.arguments["cluster"]?["nodes"]?.list?.map { $0["id"] } == [11, 12, 13])
        #expect(command.arguments["cluster"]?["nodes"]?.list?.map { $0["state"] } == ["online", "online", "offline"])
        #expect(command.arguments["cluster"]?["databases"]?.list?.first?["name"] == "DB1")
        #expect(trial.output == ["stopped": 2])
    }

    @Test func noSecretOfTheConfigurationReachesTheProvider() throws {
        let trial = try JobTrial(.infraOverviewGet)
        let told = JSON.text(.map(try #require(trial.plan?.commands.first).arguments))
        let secrets = FixtureCluster.document.root.sections.flatMap { $0.sections + [$0] }.flatMap(\.entries).filter {
            Secret.covers($0.key) && $0.value.count > 3
        }
        #expect(secrets.count > 3)
        for secret in secrets { #expect(!told.contains(secret.value), "\(secret.key)") }
    }

    @Test func secretsWithinMetadataAreNotKept() throws {
        let parameters: [String: Value] = [
            "nids": [11], "node_platform_config": ["api_token": "x", "AccessToken": "hidden", "zone": "a"],
        ]
        let command = try #require(JobTrial(.infraInstancesUpdate, parameters).plan?.commands.first)
        #expect(command.secrets == ["api_token", "AccessToken"])
    }

    @Test(
        arguments: [
            (.infraDbStart, ["db_name": "DB9"], .objectMissing),
            (.infraDbScale, ["db_name": "DB9", "instance_type": "t"], .objectMissing),
            (.infraInstancesStart, ["nids": [11, 99]], .objectMissing),
            (.infraInstancesStart, ["nids": []], .parameterInvalid),
            (.infraInstancesStart, ["nids": ["n11"]], .parameterInvalid),
            (.infraInstancesAdd, ["nid": 99, "num_nodes": 1], .objectMissing),
            (.infraInstancesAdd, ["nid": 11, "num_nodes": 0], .parameterInvalid),
            (.infraFirewallUpdate, ["egress_rules": ["all"]], .parameterInvalid),
            (.updateSystem, [:], .permissionDenied),
        ] as [(JobDefinition, [String: Value], JobError.Code)])
    func whatCannotBeIsRefusedBeforeTheProviderIsAsked(
        definition: JobDefinition, parameters: [String: Value], code: JobError.Code
    ) {
        #expect(refusal(of: definition, parameters)?.code == code)
    }

    @Test func everyFaultOfAFirewallRuleIsNamed() throws {
        let rule: Value = ["CidrIp": "everywhere", "FromPort": 70_000, "ToPort": 22, "Colour": "red"]
        let error = try #require(refusal(of: .infraFirewallUpdate, ["ingress_rules": [rule]]))
        #expect(
            error.faults.map(\.pointer)
                == ["Colour", "CidrIp", "IpProtocol", "FromPort"].map {
                    "/params/ingress_rules/0/\($0)"
                })
    }

    @Test func looksRunBesideOneAnotherAndChangesAlone() {
        #expect(JobDefinition.infraOverviewGet.locks(Arguments()).isEmpty)
        #expect(JobDefinition.infraDbStart.locks(Arguments()) == [.exclusive("infrastructure")])
    }

    @Test func monitoringAddsItsSectionWithAnEncodedPasswordAndStartsTheExporterWhereNodesAre() throws {
        let parameters: [String: Value] = [
            "broker": "broker.example.com:9090", "cluster_id": "98f267a3", "sasl_user": "name",
            "sasl_password": "p#ss word",
        ]
        let trial = try JobTrial(.monitoringStart, parameters)
        #expect(
            trial.changes == [
                "+ ", "+ [Monitoring]", "+ Broker = broker.example.com:9090", "+ ClusterID = 98f267a3",
                "+ SASLUser = name", "+ SASLPasswd = cCNzcyB3b3Jk",
            ])
        #expect(trial.plan?.commands.map(\.node) == [11, 12])
        #expect(trial.plan?.commands.first?.undo == "monitoring.stop")
        #expect(trial.plan?.commands.first?.secrets == ["sasl_password"])
        #expect(refusal(of: .monitoringStart, parameters, on: trial.after)?.code == .objectExists)
        let stopped = try JobTrial(.monitoringStop, on: trial.after)
        #expect(stopped.after.section(at: ["Monitoring"]) == nil)
        #expect(stopped.plan?.commands.first?.arguments == [:])
        #expect(refusal(of: .monitoringStop)?.code == .objectMissing)
    }

    @Test(arguments: ["broker", "broker:", ":9090", "broker:0", "broker:70000", "broker:9090\nX = 1"])
    func aBrokerIsAHostAndAPort(broker: String) {
        let parameters: [String: Value] = [
            "broker": .string(broker), "cluster_id": "a", "sasl_user": "b", "sasl_password": "c",
        ]
        #expect(refusal(of: .monitoringStart, parameters)?.faults.map(\.pointer) == ["/params/broker"])
    }
}
