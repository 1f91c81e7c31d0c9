import EXAConf
import JobEngine
import PeerLink
import Testing

@testable import confd

/// What is to be of a node that leaves, and what it would be missed for.
@Suite struct NodeLeavingTests {
    private func cluster() throws -> Document {
        var random = SystemRandomNumberGenerator()
        var document = try Document.fresh(Initialize.fresh().cluster, using: &random)
        let own = try #require(document.nodes.first?.id)
        try document.addNode(id: own + 1, NodeSettings(privateNet: "10.10.10.12/24"), using: &random)
        return document
    }

    @Test func theConfigurationOfANodeAloneHasNoOther() throws {
        let document = try cluster()
        let own = try #require(document.nodes.first?.id)
        let alone = try Document(parsing: NodeLeaving.configuration(document, of: own))
        #expect(alone.nodes.compactMap(\.id) == [own])
        #expect(alone.checksumState == .commit)
        #expect(alone.volumes.map(\.name) == document.volumes.map(\.name))
    }

    @Test func whatLivesOnANodeIsNamed() throws {
        let document = try cluster()
        let own = try #require(document.nodes.first?.id)
        let use = NodeUse(of: own, in: document)
        let members = [
            Votes.Member(own, isVoter: false, isReady: true), Votes.Member(own + 1, isVoter: true, isReady: true),
        ]
        let names = use.volumes + use.databases
        let refusal = use.refusal(of: own, among: members, isSpared: true)
        #expect(names.isEmpty == (refusal == nil) && names.allSatisfy { refusal?.message.contains($0) == true })
        #expect(use.refusal(of: own, among: members, isSpared: false) == nil)
        #expect((use.loss == nil) == names.isEmpty)
        #expect(NodeUse(of: own + 1, in: document).loss == nil)
    }
}
