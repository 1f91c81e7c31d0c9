import Access
import Certificates
import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct ConfigurationJobTests {
    private let root = Principal(name: "root", roles: ["root"])

    private func patched(_ patch: Value) throws -> [String] {
        try JobTrial(.exaconfPatch, ["patch": patch]).changes
    }

    // MARK: Patch

    @Test func keysAndSectionsComeChangeAndGo() throws {
        let trial = try JobTrial(
            .exaconfPatch,
            [
                "patch": [
                    "Global": ["Timezone": "Europe/Prague", "IssueTracker": .null, "NotThere": .null],
                    "DB : DB1": ["Backup : weekly": .null], "Node : 13": .null, "Nowhere": .null,
                    "Monitoring": ["Target": "example", "Inner": ["Deep": "1"]],
                ]
            ])
        let after = trial.after
        #expect(
            after.value("Timezone", in: .global) == "Europe/Prague" && after.value("IssueTracker", in: .global) == nil)
        #expect(!after.contains(.backup("weekly", database: "DB1")) && after.contains(.database("DB1")))
        #expect(after.node(id: 13) == nil && after.node(id: 12) != nil && !after.contains(["Nowhere"]))
        #expect(after.value("Target", in: ["Monitoring"]) == "example")
        #expect(after.value("Deep", in: ["Monitoring", "Inner"]) == "1")
        let places = Set(ChangeSet(from: trial.before, to: after).changes.map { $0.path.names.first?.description })
        #expect(places == ["Global", "DB : DB1", "Node : 13", "Monitoring"], "nothing else is touched")
    }

    @Test func theSameTextsChangeNothing() throws {
        #expect(try patched([:]).isEmpty)
        #expect(try patched(["Global": ["ClusterName": "cl4"], "Node:12": [:]]).isEmpty)
    }

    /// What a caller below root is shown of the configuration, sent back whole, changes nothing.
    @Test func aSecretThatIsNotShownStaysAsItIs() throws {
        let before = FixtureCluster.document
        let secret = try #require(before.value("Passwd", in: .remoteVolume("office")))
        let trial = try JobTrial(
            .exaconfPatch, ["patch": ["RemoteVolume : office": ["Passwd": "***", "Username": "other"]]])
        #expect(trial.after.value("Passwd", in: .remoteVolume("office")) == secret)
        #expect(trial.after.value("Username", in: .remoteVolume("office")) == "other")
        #expect(try patched(Value(mergePatch: ChangeSet(from: Document(), to: before).redacted()).withoutOwned) == [])
        let error = refusal(of: .exaconfPatch, ["patch": ["Global": ["NewPassword": "***"]]])
        #expect(error?.faults.map(\.pointer) == ["/params/patch/Global/NewPassword"])
    }

    @Test func aValueWithASecretThatIsNotShownStaysAsItIs() throws {
        var document = FixtureCluster.document
        let address = "smb://ann:geheim@10.10.10.250/share"
        try document.set("URL", to: address, in: .remoteVolume("office"))
        func url(after text: String) throws -> String? {
            let patch: Value = ["RemoteVolume : office": ["URL": .string(text)]]
            return try JobTrial(.exaconfPatch, ["patch": patch], on: document).after
                .value("URL", in: .remoteVolume("office"))
        }
        #expect(try url(after: "smb://ann:***@10.10.10.250/share") == address)
        #expect(try url(after: "smb://10.10.10.250/share") == "smb://10.10.10.250/share")
        let error = #expect(throws: JobError.self) { try url(after: "smb://ann:***@10.10.10.251/share") }
        #expect(error?.faults.map(\.pointer) == ["/params/patch/RemoteVolume : office/URL"])
        let file = document.redacted().text
        #expect(throws: JobError.self) {
            try JobTrial(.exaconfReplace, ["text": .string(file)], on: document, as: root)
        }
    }

    @Test(arguments: ["Revision", "Checksum", "ConfVersion"])
    func whatTheDaemonOwnsIsRefused(_ key: String) throws {
        for value in ["1", .null] as [Value] {
            let error = refusal(of: .exaconfPatch, ["patch": ["Global": [key: value]]])
            #expect(error?.faults.map(\.pointer) == ["/params/patch/Global/\(key)"])
        }
    }

    @Test func everyMemberThatCannotBeIsNamed() throws {
        let error = try #require(
            refusal(
                of: .exaconfPatch,
                [
                    "patch": [
                        "Global": ["A": 1, "B": ["x"], "C": true, "D": "a#b", "E": "line\nbreak", "Revision": "5"],
                        "a/b": ["k~1": .double(1.5)], "Users": "none", "[x": 1,
                    ]
                ]))
        #expect(
            Set(error.faults.map(\.pointer)) == [
                "/params/patch/Global/A", "/params/patch/Global/B", "/params/patch/Global/C",
                "/params/patch/Global/D", "/params/patch/Global/E", "/params/patch/Global/Revision",
                "/params/patch/a~1b/k~01", "/params/patch/[x",
            ])
        #expect(refusal(of: .exaconfPatch, ["patch": ["Global": .null]])?.faults.count == 1)
        let misplaced = refusal(
            of: .exaconfPatch, ["patch": ["Users": "x", "Global": ["ClusterName": ["k": "v"]], "[x": [:]]])
        #expect(
            Set(misplaced?.faults.map { $0.pointer } ?? []) == [
                "/params/patch/Users", "/params/patch/Global/ClusterName", "/params/patch/[x",
            ])
    }

    @Test func aResultThatBreaksARuleIsRefusedWithTheRule() throws {
        let error = try #require(
            refusal(
                of: .exaconfPatch,
                ["patch": ["Global": ["Networks": "public"], "Node : 12": ["PrivateNet": "10.10.10.11/24"]]]))
        #expect(error.code == .parameterInvalid)
        #expect(error.faults.contains { $0.pointer == "/params/patch/Global/Networks" && $0.text.contains("at line") })
        #expect(error.faults.contains { $0.pointer == "/params/patch/Node : 12/PrivateNet" })
    }

    @Test func theTokenThatActsAsRootIsRootsToChange() throws {
        let patch: [String: Value] = ["patch": ["Global": ["AuthenticationToken": "bmV3"]]]
        #expect(refusal(of: .exaconfPatch, patch)?.code == .permissionDenied)
        #expect(try JobTrial(.exaconfPatch, patch, as: root).changes.count == 2)
        #expect(
            try JobTrial(.exaconfPatch, ["patch": ["Global": ["AuthenticationToken": "***"]]]).changes.isEmpty)
    }

    // MARK: Replace

    private func replaced(_ text: String, more: [String: Value] = [:]) throws(JobError) -> JobTrial {
        try JobTrial(
            .exaconfReplace, more.merging(["text": .string(text)]) { first, _ in first }, as: root)
    }

    @Test func anotherFileTakesThePlaceOfThePresentOne() throws {
        var other = FixtureCluster.document
        try other.set("Timezone", to: "UTC", in: .global)
        try other.set("Revision", to: "9999", in: .global)
        try other.set("Checksum", to: "DISABLED", in: .global)
        let trial = try replaced(other.text, more: ["sha256": .string(Digest.sha256Hex(Array(other.text.utf8)))])
        #expect(trial.changes == ["- Timezone = Europe/Berlin", "+ Timezone = UTC"])
        #expect(try replaced(FixtureCluster.document.text).changes.isEmpty)
    }

    @Test func aFileThatCannotBeTheConfigurationIsRefused() throws {
        let good = FixtureCluster.document
        let masked = try #require(throws: JobError.self) { try replaced(good.redacted().text) }
        #expect(masked.faults.count > 5 && masked.faults.allSatisfy { $0.text.contains("line") })
        for text in ["nonsense", "", "[Global]\n    Networks = private,\n"] {
            let error = #expect(throws: JobError.self) { try replaced(text) }
            #expect(error?.code == .parameterInvalid && error?.faults.isEmpty == false)
        }
        var later = good
        try later.set("ConfVersion", to: "99.0.0", in: .global)
        #expect(throws: JobError.self) { try replaced(later.text) }
        #expect(throws: JobError.self) { try replaced(good.text, more: ["sha256": "00"]) }
    }
}

extension Value {
    /// A patch without the keys the daemon sets itself.
    fileprivate var withoutOwned: Value {
        var members = map ?? [:]
        var global = members["Global"]?.map ?? [:]
        for key in ["Revision", "Checksum", "ConfVersion"] { global[key] = nil }
        members["Global"] = .map(global)
        return .map(members)
    }
}
