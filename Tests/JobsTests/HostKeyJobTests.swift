import Certificates
import EXAConf
import JobEngine
import NodeCommands
import Support
import Testing
import Values

@testable import Jobs

struct HostKeyJobTests {
    private static let edwards = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKlDWirlNz7qV1gsBs21zZVcnLzK/DJ9O0F9cBTgEU0"
    private static let print = "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wyY"
    private static let sftp: [String: Value] = [
        "vol_type": "sftp", "url": "sftp://store:2022/x", "owner": [500, 500], "username": "u", "password": "p",
        "remote_volume_name": "far",
    ]

    private func command(_ trial: JobTrial) throws -> Command {
        let commands = try #require(trial.plan?.commands)
        try #require(commands.count == 1)
        return commands[0]
    }

    @Test func theHostOfANewVolumeIsAskedAndWhatItShowsIsKept() throws {
        let trial = try JobTrial(.remoteVolumeAdd, Self.sftp, answers: [[.string(Self.edwards)]])
        let command = try command(trial)
        #expect(command.action == ArchiveExamine.name && command.check == command.action)
        #expect(command.answerIfSilent == nil)
        #expect(
            command.arguments == [
                "archive": ["name": "far", "type": "sftp", "url": "sftp://store:2022/x", "options": ""]
            ], "nobody logs in")
        #expect(trial.after.remoteVolume(named: "far")?.hostKeys == [Self.edwards])
        let shown = try JobTrial(.remoteVolumeInfo, ["remote_volume_name": "far"], on: trial.after).output
        #expect(shown?["host_key"] == .string(Self.edwards))
        #expect(shown?["host_key_fingerprints"] == [.string(Self.print)])
        let back = try JobTrial(.remoteVolumeAdd, Self.sftp)
        #expect(back.after.remoteVolume(named: "far")?.hostKeys == [])
    }

    @Test func aKeyThatIsGivenIsKeptWithoutAsking() throws {
        let text = "# store:2022 SSH-2.0-OpenSSH\n[store]:2022 \(Self.edwards) root@store\n"
        let trial = try JobTrial(.remoteVolumeAdd, Self.sftp.merging(["host_key": .string(text)]) { $1 })
        #expect(trial.after.remoteVolume(named: "far")?.hostKeys == [Self.edwards])
        #expect(try command(trial).answerIfSilent == [], "its address is looked at")
        #expect(try command(trial).arguments["archive"]?["host_keys"] == [.string(Self.edwards)], "and it is not asked")
    }

    @Test func fingerprintsAreToldToTheNode() throws {
        for text in [Self.print, "\(Self.print),\n \(Self.print)"] {
            let trial = try JobTrial(.remoteVolumeAdd, Self.sftp.merging(["host_key": .string(text)]) { $1 })
            let told = try command(trial).arguments["fingerprints"]?.list
            #expect(told?.first == .string(Self.print))
        }
    }

    @Test(arguments: [
        "", "SHA256:abc", "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wy!", "ssh-ed25519 AAAA", "MD5:00:11",
        "\(HostKeyJobTests.edwards)\nx",
    ])
    func whatIsNoKeyIsDeclined(text: String) {
        let parameters = Self.sftp.merging(["host_key": .string(text)]) { $1 }
        #expect(refusal(of: .remoteVolumeAdd, parameters)?.faults.map(\.pointer) == ["/params/host_key"])
    }

    @Test func otherStoresHaveNoHostKey() {
        let parameters: [String: Value] = [
            "vol_type": "ftp", "url": "ftp://host/x", "owner": [500, 500], "host_key": .string(Self.edwards),
        ]
        #expect(refusal(of: .remoteVolumeAdd, parameters)?.faults.map(\.pointer) == ["/params/host_key"])
        let office: [String: Value] = ["remote_volume_name": "office", "host_key": .string(Self.print)]
        #expect(refusal(of: .remoteVolumeSetHostKey, office)?.faults.map(\.pointer) == ["/params/host_key"])
    }

    @Test func aKeyIsRenewed() throws {
        let before = try JobTrial(.remoteVolumeAdd, Self.sftp, answers: [["ssh-rsa AAAAB3NzaC1yc2E="]]).after
        let named: [String: Value] = ["remote_volume_name": "far"]
        let given = try JobTrial(
            .remoteVolumeSetHostKey, named.merging(["host_key": .string(Self.edwards)]) { $1 }, on: before)
        #expect(given.plan?.commands == [])
        #expect(given.output == [.string(Self.print)])
        #expect(given.changes == ["- HostKey = ssh-rsa AAAAB3NzaC1yc2E=", "+ HostKey = \(Self.edwards)"])
        let asked = try JobTrial(
            .remoteVolumeSetHostKey, named.merging(["host_key": .string(Self.print)]) { $1 }, on: before,
            answers: [[.string(Self.edwards)]])
        #expect(try command(asked).arguments["archive"]?["host_keys"] == nil)
        #expect(asked.output == given.output && asked.after == given.after)
    }

    @Test(
        arguments: [
            ("ftp", "ftp://host/x", [], 1), ("ftp", "ftp://host/x", ["forcessl"], 0),
            ("webdav", "http://host/x", [], 1), ("webdav", "https://host/x", [], 0),
            ("webdav", "https://host/x", ["noverifypeer"], 1), ("sftp", "sftp://host/x", [], 0),
        ] as [(String, String, Value, Int)])
    func whatGoesInClearIsToldToWhoeverAsks(type: String, url: String, options: Value, count: Int) {
        let arguments = Arguments(["vol_type": .string(type), "url": .string(url), "options": options])
        let warnings = JobDefinition.remoteVolumeAdd.warnings(arguments)
        #expect(warnings.map(\.code) == Array(repeating: "archive-not-safe", count: count))
    }

    @Test func otherHostsAreLookedUpAndFoldersAreNot() throws {
        let trial = try JobTrial(.remoteVolumeAdd, ["vol_type": "ftp", "url": "ftp://host/x", "owner": [500, 500]])
        #expect(try command(trial).answerIfSilent == [])
        let folder: [String: Value] = ["vol_type": "file", "url": "file:///exa/data/archives/a", "owner": [500, 500]]
        #expect(try JobTrial(.remoteVolumeAdd, folder).plan?.commands == [])
    }
}
