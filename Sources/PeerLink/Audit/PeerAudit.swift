package import Access
package import JobEngine
import Values
import Waiting

/// The audit logs of the other members, asked for page by page. What a member says is taken when it is what was asked for.
package struct PeerAudit: AuditPeers {
    private let caller: any PeerCaller
    private let cluster: any Cluster

    /// - Parameter cluster: Says who is a member and present.
    package init(_ caller: any PeerCaller, in cluster: any Cluster) { (self.caller, self.cluster) = (caller, cluster) }

    package var obstacles: [Int: String?] {
        let status = cluster.status
        return status.members.filter { $0.key != status.ownNode }.mapValues { $0.isPresent ? nil : "it is away" }
    }

    package func entries(
        _ query: AuditQuery, of node: Int, within limit: Duration
    ) async throws(AuditPeerFault) -> AuditPage {
        guard let member = cluster.status.members[node] else {
            throw AuditPeerFault("it is no node of this cluster")
        }
        let peer = PeerAddress(node: node, address: member.address, port: member.peerPort)
        do throws(Interruption<PeerFault>) {
            return try await withDeadline({ try? await Task.sleep(for: limit) }) { () throws(PeerFault) in
                try await page(query, of: peer, within: limit)
            }
        } catch {
            switch error {
            case .failed(let fault): throw Self.fault(fault)
            case .deadline: throw AuditPeerFault("it did not answer in time")
            case .cancelled: throw AuditPeerFault("asking it was broken off")
            }
        }
    }

    private func page(
        _ query: AuditQuery, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> AuditPage {
        var (entries, bytes) = ([AuditEntry](), 0)
        var below = query.below ?? .max
        var page: AuditPage?
        do {
            let question = AuditForm.value(of: query)
            for try await value in caller.lines(PeerRoute.auditName, question, of: peer, silence: limit) {
                bytes += JSON.bytes(value).count
                switch AuditForm.line(value) {
                // Read to its end, an answer leaves its connection to the next question.
                case .end(let hasMore, let archived) where page == nil:
                    page = AuditPage(entries: entries, hasMore: hasMore, archived: archived)
                // Who answers may not have a list that never ends.
                case .record(let entry)
                where page == nil && entry.sequence < below && entries.count < query.limit
                    && bytes <= 2 * AuditForm.mostBytes:
                    below = entry.sequence
                    entries.append(entry)
                case .record, .end, nil:
                    throw PeerFault(.malformed, "")
                }
            }
        } catch let fault as PeerFault {
            throw fault
        } catch {
            throw PeerFault(.unreachable, "its answer broke off")
        }
        guard let page else { throw PeerFault(.unreachable, "its answer broke off") }
        return page
    }

    private static func fault(_ fault: PeerFault) -> AuditPeerFault {
        switch fault.code {
        case .unknownRoute: AuditPeerFault("its version does not tell its audit log to others")
        case .malformed: AuditPeerFault("its answer cannot be read: it may run another version")
        case .unreachable, .stranger, .notMember, .lowerTerm, .refused, .missing:
            AuditPeerFault(String(fault.message.prefix(300)))
        }
    }
}
