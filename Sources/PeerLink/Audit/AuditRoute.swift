package import Access

extension PeerRoute {
    static let auditName = "audit"

    /// Gives other members pages of this node's audit log, newest first, within bounds of records and bytes.
    package static func audit(_ trail: any AuditTrail) -> PeerRoute {
        PeerRoute(auditName, questionLimit: 64 << 10) { (question) throws(PeerFault) in
            guard question.node != nil, let query = AuditForm.query(question.body) else {
                throw PeerFault(.malformed, "A question about audit records is expected.")
            }
            let page: AuditPage
            do throws(AccessError) {
                page = try await trail.entries(query)
            } catch {
                throw PeerFault(.refused, "its audit log cannot be read now")
            }
            return .lines(
                AsyncStream { lines in
                    for line in AuditForm.lines(of: page) { lines.yield(line) }
                    lines.finish()
                })
        }
    }
}
