import Access
import JobEngine
import PeerLink
import Replication
import SQLiteStore
import ServiceLifecycle

/// Ends the daemon of a node that has left its cluster, well, or was removed from it, with its reason.
struct ClusterEnd: Service {
    let life: ClusterLife

    func run() async throws {
        let end = await cancelWhenGracefulShutdown { [life] in await life.ends() }
        if case .removed(let notice) = end { throw Failure(notice, .badData) }
    }
}

/// A node whose own state says that it is no member any more: it does not begin.
struct RemovedNode {
    let link: NodeLink

    init(_ link: NodeLink) { self.link = link }

    /// - Throws: ``Failure`` with when it was removed, and how it comes back.
    func require() async throws(Failure) {
        let told: String?
        do throws(StoreError) {
            told = try await notice()
        } catch {
            throw Failure("\(error)", .ioError)
        }
        if let told { throw Failure(told, .badData) }
    }

    /// When it was removed, and how it comes back; `nil` for a member as far as its own state says.
    ///
    /// - Throws: `unavailable`.
    func notice() async throws(StoreError) -> String? {
        let (certificates, members) = (try await link.store.certificates(), try await link.store.members())
        let file = link.file
        return DepartureNotice.text(for: file.node, file.member, certificates: certificates, members: members)
    }
}

extension ClusterLife {
    private static let pace = Duration.seconds(2)

    /// Asks other nodes whether this one was removed, whenever it knows nothing new: whoever follows the log is a member. That
    /// nobody answers says nothing.
    func watchRemoval(_ log: NodeLog) async {
        let (time, link) = (SystemTimeSource(), log.link)
        var isLooking = true
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.pace)
            if Task.isCancelled { return }
            // Whoever leaves asks by itself.
            if isLeavingNow { continue }
            // What it has applied may have taken it out.
            if let notice = (try? await RemovedNode(link).notice()) ?? nil { return settle(notice, link) }
            if log.member.isMaster || !log.member.board.isBehind(at: time.monotonic) {
                // What an attempt to leave left that was broken off before anybody heard of it.
                if isLooking { try? link.folder.write(leaving: nil) }
                isLooking = false
                continue
            }
            isLooking = true
            guard let notice = await notice(of: link).ask(await peers(of: link)), !isLeavingNow else { continue }
            return settle(notice, link)
        }
    }

    private func peers(of link: NodeLink) async -> [PeerAddress] {
        let file = link.file
        let known = await link.store.nodes().map(\.place)
        return (known + file.others.filter { other in !known.contains(other) })
            .filter { $0.node != file.node && $0.node != ClusterStatus.Witness.number }
    }

    private func settle(_ notice: String, _ link: NodeLink) {
        // One that was on its way out had been heard, and did not hear that.
        if (try? link.folder.leaving()) ?? nil != nil, (try? link.forget()) != nil { return end(.left) }
        end(.removed(notice))
    }
}
