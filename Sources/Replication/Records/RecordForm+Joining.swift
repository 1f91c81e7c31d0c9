import JobEngine
import Values

// Who may come, who came, and whom nobody believes any more.
extension RecordForm {
    // Of the secret there is the digest only.
    static func value(of invitation: ReplicatedInvitation) -> Value {
        form(
            .invitation,
            [
                "node": .int(invitation.node), "hash": .string(Hex.text(invitation.secretHash)),
                "address": .string(invitation.address), "job": invitation.job.map { .string($0.description) },
                "made_at": invitation.madeAt.value, "expires_at": invitation.expiresAt.value,
            ])
    }

    static func value(of use: InvitationUse, node: Int) -> Value {
        form(
            .invitationUsed,
            ["node": .int(node), "key": .string(use.key), "at": use.at.value, "from": .string(use.from)])
    }

    static func value(of certificate: ReplicatedCertificate) -> Value {
        form(
            .certificate,
            [
                "serial": .string(certificate.serialNumber), "node": .int(certificate.node),
                "member": .string(certificate.member), "life": .int(certificate.life),
                "issued_at": certificate.issuedAt.value, "not_after": certificate.notAfter.value,
            ])
    }

    static func revocation(ofNode node: Int, at time: Timestamp, by job: JobID?) -> Value {
        form(
            .certificatesRevoked,
            ["node": .int(node), "at": time.value, "job": job.map { .string($0.description) }])
    }

    static func invitation(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> ReplicatedInvitation {
        ReplicatedInvitation(
            node: try members.number("node"), secretHash: try members.hash("hash"),
            address: try members.text("address"), job: try members.optionalJob("job"),
            madeAt: try members.time("made_at"), expiresAt: try members.time("expires_at"))
    }

    static func use(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> InvitationUse {
        InvitationUse(key: try members.text("key"), at: try members.time("at"), from: try members.text("from"))
    }

    static func certificate(
        ofNode members: inout RecordMembers
    ) throws(ReplicatedBatchError) -> ReplicatedCertificate {
        ReplicatedCertificate(
            serialNumber: try members.text("serial"), node: try members.number("node"),
            member: try members.text("member"), life: try members.number("life"),
            issuedAt: try members.time("issued_at"), notAfter: try members.time("not_after"))
    }
}

extension RecordMembers {
    mutating func optionalJob(_ name: String) throws(ReplicatedBatchError) -> JobID? {
        guard let text = try optionalText(name) else { return nil }
        guard let id = JobID(text) else { throw malformed(name) }
        return id
    }
}
