import EXAConf
import Foundation
import JobEngine
import NodeAgent
import Testing
import Values

struct NodeIdentityTests {
    let place: TemporaryInstallation

    init() throws {
        place = try TemporaryInstallation()
    }

    private func find(
        _ document: Document, setting: Int? = nil, addresses: Set<[UInt8]> = []
    ) throws(InstallError) -> NodeIdentity {
        try NodeIdentity.find(in: document, root: place.root, setting: setting, addresses: addresses)
    }

    private func cluster() throws -> Document {
        try Configuration.document(Configuration.node, Configuration.otherNodes)
    }

    @Test func theSettingCountsFirst() throws {
        try place.write("1123456789abcdef0123456789abcdef01234567\n", to: place.root.nodeUUID)
        #expect(try find(cluster(), setting: 13) == NodeIdentity(node: 13, source: .setting))
        #expect(throws: InstallError.self) { try find(cluster(), setting: 99) }
    }

    @Test func theUUIDCountsBeforeTheAddress() throws {
        try place.write("1123456789abcdef0123456789abcdef01234567\n", to: place.root.nodeUUID)
        let identity = try find(cluster(), addresses: [[10, 10, 10, 14]])
        #expect(identity == NodeIdentity(node: 12, source: .uuid))
    }

    @Test func theAddressCountsWhenTheUUIDIsUnknown() throws {
        try place.write("F123456789abcdef0123456789abcdef01234567\n", to: place.root.nodeUUID)
        let identity = try find(cluster(), addresses: [[10, 10, 10, 14]])
        #expect(identity.node == 14 && identity.source == .address)
        #expect(identity.note?.contains("F123456789ABCDEF") == true)
    }

    @Test func aUUIDFileThatIsNoneIsPassedOver() throws {
        try place.write("IMPORT\n", to: place.root.nodeUUID)
        #expect(try find(cluster(), addresses: [[10, 10, 10, 14]]) == NodeIdentity(node: 14, source: .address))
    }

    @Test func theOnlyNodeIsThisOne() throws {
        #expect(try find(Configuration.document(Configuration.node)) == NodeIdentity(node: 11, source: .onlyNode))
    }

    @Test func aGuessIsMarkedAsOne() throws {
        let identity = try find(cluster())
        #expect(identity.node == 11 && identity.source == .firstNode && identity.note != nil)
    }

    @Test func aConfigurationWithoutNodesIsRefused() {
        #expect(throws: InstallError.self) { try find(Configuration.document("[Global]\n    Revision = 1")) }
    }

    @Test func thisMachineHasAnAddressAndWasStarted() throws {
        #expect(Machine.addresses().allSatisfy { $0.count == 4 || $0.count == 16 })
        #expect(Machine.addresses().contains([127, 0, 0, 1]))
        let booted = try #require(Machine.bootTime())
        #expect(booted > Timestamp(milliseconds: 1_000_000_000_000))
        // This test runs in a process that is not older than the first one.
        #expect(Double(booted.milliseconds) / 1000 <= Date().timeIntervalSince1970 + 1)
    }
}
