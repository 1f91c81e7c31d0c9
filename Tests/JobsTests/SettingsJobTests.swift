import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct SettingsJobTests {
    @Test func settingsBecomeTextOfTheFile() throws {
        let trial = try JobTrial(
            .generalSettings,
            [
                "changes": [
                    "Global": [
                        "NameServers": ["4.4.4.4", "8.8.4.4"], "XMLRPCPort": 20003, "EnableLoadBalancer": true,
                        "Hugepages": "auto", "LicenseRAWMEMWarnThreshold": "70",
                    ],
                    "Logging": ["LogRotationTypes": ["local", "remote"], "RemoteLogRotationVolume": "office"],
                ]
            ])
        #expect(
            trial.changes.filter { $0.hasPrefix("+") } == [
                "+ XMLRPCPort = 20003", "+ EnableLoadBalancer = True", "+ NameServers = 4.4.4.4, 8.8.4.4",
                "+ LicenseRAWMEMWarnThreshold = 70", "+ Hugepages = auto", "+ LogRotationTypes = local, remote",
                "+ RemoteLogRotationVolume = office",
            ])
        #expect(trial.changes.count == 14)
    }

    @Test func allFaultsAreNamedAtOnce() throws {
        let error = try #require(
            refusal(
                of: .generalSettings,
                [
                    "changes": [
                        "Global": [
                            "XMLRPCPort": 70_000, "Revision": 5, "NameServers": "here", "SSHPort": "22\n",
                            "EnableLoadBalancer": "maybe", "StorageMaxConnections": 0, "IssueTracker": "a#b",
                        ],
                        "Logging": ["LogRotationTypes": ["tape"], "RemoteLogRotationVolume": "none"],
                        "Users": [:], "SSL": "x",
                    ]
                ]))
        #expect(
            Set(error.faults.map(\.pointer)) == [
                "/params/changes/Global/XMLRPCPort", "/params/changes/Global/Revision",
                "/params/changes/Global/NameServers", "/params/changes/Global/SSHPort",
                "/params/changes/Global/EnableLoadBalancer", "/params/changes/Global/StorageMaxConnections",
                "/params/changes/Global/IssueTracker", "/params/changes/Logging/LogRotationTypes",
                "/params/changes/Logging/RemoteLogRotationVolume", "/params/changes/Users", "/params/changes/SSL",
            ])
    }

    @Test func secretsAreNotListed() throws {
        var document = FixtureCluster.document
        try document.set("ExaMonitorUserPassword", to: "hidden", in: .global)
        let all = try #require(try JobTrial(.settingsList, on: document).output)
        #expect(all["Global"]?["ClusterName"] == "cl4")
        #expect(all["Global"]?["AuthenticationToken"] == "***")
        #expect(all["Global"]?["ExaMonitorUserPassword"] == "***")
        #expect(all["BucketFS : bfs2"]?["SyncKey"] == "***")
        #expect(all["RemoteVolume : office"]?["Passwd"] == "***")
        #expect(all["SSL"]?["CertKey"] == "/exa/etc/ssl/ssl.key")
        #expect(all["Users"] == nil)
    }

    @Test func aSectionOrSomeOfItsKeysAreListed() throws {
        let some = try JobTrial(
            .settingsList, ["sections": ["Global": ["NameServers", "SSHPort", "Unset"], "Logging": []]]
        ).output
        #expect(some?["Global"] == ["NameServers": "8.8.8.8", "SSHPort": "22"])
        #expect(some?["Logging"]?.map?.count == 3)
        #expect(refusal(of: .settingsList, ["sections": ["Globe": []]])?.code == .objectMissing)
        #expect(refusal(of: .settingsList, ["sections": ["Global": 5]])?.code == .parameterInvalid)
    }
}
