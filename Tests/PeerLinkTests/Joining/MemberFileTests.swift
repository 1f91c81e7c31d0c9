import Certificates
import Foundation
import Testing
import Values

@testable import PeerLink

@Suite struct MemberFileTests {
    static let sample = MemberFile(
        member: "00112233aabbccdd", node: 12, cluster: "0b5c7a10-1111-2222-3333-444455556666", generation: 2, life: 3,
        address: "10.10.10.12", ports: ClusterPorts(),
        others: [PeerAddress(node: 11, address: "10.10.10.11", port: 20381)])

    private func inRoot(_ body: (MemberFolder, URL) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "confd-member-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "etc"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try body(MemberFolder(root: root.path), root)
    }

    @Test func whatIsWrittenIsReadAndForTheDaemonAlone() throws {
        try inRoot { folder, root in
            #expect(try folder.member() == nil)
            var file = Self.sample
            file.isVoter = true
            try folder.write(file)
            #expect(try folder.member() == file)
            let path = root.appending(path: "etc/cluster").path
            let mode = try FileManager.default.attributesOfItem(atPath: path + "/member.json")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
            try folder.clear()
            #expect(try folder.member() == nil)
            try folder.clear()
        }
    }

    @Test func aKeyIsMadeOnce() throws {
        try inRoot { folder, _ in
            let key = try folder.key()
            #expect(try folder.key().pem == key.pem)
            #expect(try folder.credentials() == nil)
            try folder.write(
                JoinGrant(certificate: "c", authority: "a", revocations: "r", member: Self.sample))
            let credentials = try #require(try folder.credentials())
            #expect(credentials.certificate == Array("c".utf8) && credentials.trust == Array("a".utf8))
            #expect(!"\(credentials)".contains("PRIVATE") && !String(reflecting: credentials).contains("PRIVATE"))
        }
    }

    @Test func credentialsMakeNoMemberAndTheConfigurationToBeOutlastsTheCluster() throws {
        try inRoot { folder, _ in
            _ = try folder.key()
            try folder.write(
                credentialsOf: JoinGrant(certificate: "c", authority: "a", revocations: "r", member: Self.sample))
            #expect(try folder.member() == nil)
            #expect(try folder.credentials() != nil)
            #expect(try folder.leaving() == nil)
            let text = [UInt8](repeating: 0x61, count: 3 << 20)
            try folder.write(leaving: text)
            try folder.clear()
            #expect(try folder.credentials() == nil)
            #expect(try folder.leaving() == text)
            try folder.write(leaving: nil)
            #expect(try folder.leaving() == nil)
        }
    }

    /// What was here of a life that is over is no member any more as soon as it is written down that another one begins.
    @Test func aFormerLifeIsNoneOnceAnotherBegins() throws {
        try inRoot { folder, _ in
            try folder.write(Self.sample)
            #expect(try folder.member() == Self.sample && folder.former() == nil)
            let invitation = try InvitationTests.sample()
            try folder.write(JoinProgress(invitation, into: "exa1", votesChange: false, former: Self.sample.member))
            #expect(try folder.member() == nil && folder.former() == Self.sample)
            var next = Self.sample
            next.life = 4
            let other = MemberFile(
                member: "ffee", node: 12, cluster: next.cluster, generation: 2, life: 4, address: next.address,
                ports: next.ports)
            try folder.write(other)
            #expect(try folder.member() == other && folder.former() == nil)
            let key = try folder.key()
            try folder.clearCredentials()
            #expect(try folder.key().pem != key.pem && folder.member() == other)
        }
    }

    @Test func whereTheLogIsGoesWithTheFile() throws {
        var file = Self.sample
        file.isEtcdExternal = true
        #expect(MemberFile(file.value) == file)
        var members = try #require(Self.sample.value.map)
        members["etcd_external"] = nil
        #expect(MemberFile(.map(members)) == Self.sample)
    }

    @Test func whatIsDamagedStopsAndSaysSo() throws {
        try inRoot { folder, root in
            try folder.write(Self.sample)
            let path = root.appending(path: "etc/cluster/member.json")
            let good = try Data(contentsOf: path)
            for text in [
                "", "{", "{}", "[]", "null", #"{"format": 2}"#, String(decoding: good.dropLast(3), as: UTF8.self),
            ] {
                try Data(text.utf8).write(to: path)
                #expect(throws: MemberFileFault.damaged(path: path.path), "\(text)") { try folder.member() }
            }
        }
    }

    @Test func eachMemberOfItIsChecked() throws {
        let good = try #require(Self.sample.value.map)
        #expect(MemberFile(.map(good)) == Self.sample)
        let bad: [String: [Value]] = [
            "format": [2, .null], "member": ["", 1, .string(String(repeating: "x", count: 65))], "node": [0, -1, "12"],
            "cluster": ["", 1], "generation": [0, "1"], "life": [0], "address": ["n12", "", 1], "voter": [1],
            "ports": [
                [:], ["etcd_client": 1, "etcd_peer": 1, "peer": 2], ["etcd_client": 0, "etcd_peer": 1, "peer": 2],
            ],
            "others": [1, [1], [["node": 11]]],
        ]
        for (name, values) in bad {
            for value in values + [.null] {
                var members = good
                members[name] = value
                #expect(MemberFile(.map(members)) == nil, "\(name): \(value)")
            }
        }
    }

    @Test func whoIsAMemberIsToldWhatToDo() {
        let other = MemberFileFault.isMember(node: 12, of: "c1", folder: "/exa/etc/cluster").description
        for words in ["confd cluster leave", "/exa/etc/cluster/member.json", "--replace"] {
            #expect(other.contains(words))
        }
        let still = MemberFileFault.stillMember(node: 12).description
        for words in ["start it", "confd cluster remove 12"] { #expect(still.contains(words)) }
    }

    @Test func whoItIsHasToAgreeWithWhatElseSaysSo() {
        let file = Self.sample
        #expect(file.contradiction(nodeUUID: 12, addresses: [12: "10.10.10.12"]) == nil)
        #expect(file.contradiction(nodeUUID: nil, addresses: [11: "10.10.10.11", 12: "10.10.10.12"]) == nil)
        #expect(file.contradiction(nodeUUID: 11, addresses: [12: "10.10.10.12"]) == .otherNode(12, uuid: 11))
        #expect(file.contradiction(nodeUUID: nil, addresses: [11: "10.10.10.11"]) == .noNode(12))
        let moved = file.contradiction(nodeUUID: 12, addresses: [12: "10.10.10.22"])
        #expect(moved == .otherAddress(12, file: "10.10.10.12", configured: "10.10.10.22"))
        #expect(moved?.description.contains("10.10.10.22") == true)
    }
}
