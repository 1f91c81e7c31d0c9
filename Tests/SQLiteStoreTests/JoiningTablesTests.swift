import JobEngine
import Replication
import Support
import Testing
import Values

@testable import SQLiteStore

/// What the state has of invitations and certificates.
struct JoiningTablesTests {
    private let fixture = StoreFixture()

    private static func time(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    private static func invitation(_ node: Int, _ hash: UInt8 = 1) -> ReplicatedInvitation {
        ReplicatedInvitation(
            node: node, secretHash: [UInt8](repeating: hash, count: 32), address: "10.0.0.\(node)",
            job: node == 12 ? JobID(node: 11, number: 412) : nil, madeAt: time(1), expiresAt: time(3601))
    }

    private static func certificate(_ serial: String, of node: Int, life: Int, at seconds: Int) -> ReplicatedCertificate
    {
        ReplicatedCertificate(
            serialNumber: serial, node: node, member: "m\(life)", life: life, issuedAt: time(seconds),
            notAfter: time(seconds + 1000))
    }

    @Test func eachNodeHasItsNewestInvitation() async throws {
        let store = SQLiteStore(try fixture.open())
        let use = InvitationUse(key: String(repeating: "a", count: 64), at: Self.time(9), from: "10.0.0.12")
        var used = Self.invitation(12)
        used.use = use
        try await store.apply([
            .invitation(Self.invitation(13)), .invitation(Self.invitation(12)), .invitationUsed(node: 12, use),
            // Nothing is refused, and nothing comes of it.
            .invitationUsed(node: 14, use), .invitationWithdrawn(15),
        ])
        #expect(try await store.invitations() == [used, Self.invitation(13)])
    }

    @Test func aNewInvitationTakesThePlaceOfAUsedOne() async throws {
        let store = SQLiteStore(try fixture.open())
        let use = InvitationUse(key: "k", at: Self.time(9), from: "10.0.0.12")
        try await store.apply([
            .invitation(Self.invitation(12)), .invitationUsed(node: 12, use), .invitation(Self.invitation(12, 2)),
            .invitation(Self.invitation(13)), .invitationWithdrawn(13),
        ])
        #expect(try await store.invitations() == [Self.invitation(12, 2)])
    }

    @Test func certificatesStayAndAreTakenBackOnce() async throws {
        let store = SQLiteStore(try fixture.open())
        let job = JobID(node: 11, number: 413)
        var (first, second) = (
            Self.certificate("0a", of: 12, life: 1, at: 1), Self.certificate("0b", of: 12, life: 2, at: 20)
        )
        (first.revokedAt, first.revokedBy) = (Self.time(10), job)
        second.revokedAt = Self.time(30)
        let other = Self.certificate("0c", of: 13, life: 1, at: 5)
        try await store.apply([
            .certificateIssued(other), .certificateIssued(Self.certificate("0a", of: 12, life: 1, at: 1)),
            .certificatesRevoked(ofNode: 12, at: Self.time(10), by: job),
            .certificateIssued(Self.certificate("0b", of: 12, life: 2, at: 20)),
            .certificatesRevoked(ofNode: 12, at: Self.time(30), by: nil),
        ])
        #expect(try await store.certificates() == [first, second, other])
    }
}
