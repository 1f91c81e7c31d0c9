package import Access
import Certificates
package import JobEngine
import Posix
import Synchronization
import Values
import Waiting

/// Answers in files of this node and of the other members. One of another node is fetched as a whole and compared with its digest
/// before the first byte of it is told.
package final class PeerAnswers: CommandAnswers {
    private let files: AnswerFiles
    private let caller: any PeerCaller
    private let cluster: any Cluster
    private let time: any TimeSource
    /// Answers of other nodes that are on their way through this one.
    private let passages: Passages
    private let disk = ThreadPool(name: "answers", threads: 2, queueLimit: 256)

    private static let piece = 1 << 20
    /// Fetching one may take so long.
    private static let patience = Duration.seconds(120)

    /// - Parameters:
    ///   - cluster: Says who is a member and present.
    ///   - passages: So many answers of other nodes may be on their way through this one at once. Default 4.
    package init(
        _ files: AnswerFiles, _ caller: any PeerCaller, in cluster: any Cluster,
        time: any TimeSource = SystemTimeSource(), passages: Int = 4
    ) {
        (self.files, self.caller, self.cluster, self.time) = (files, caller, cluster, time)
        self.passages = Passages(passages)
    }

    package func content(
        _ answer: StoredAnswer, of job: JobID, step: Int, on node: Int
    ) async throws(JobError) -> AnswerContent {
        let status = cluster.status
        if node == status.ownNode {
            guard let file = await files.file(of: answer, of: job, step: step) else {
                throw .answerGone(of: job, step: step, on: node)
            }
            return content(of: file, answer, holding: nil)
        }
        // A node that has left has taken its files with it.
        guard let member = status.members[node] else { throw .answerGone(of: job, step: step, on: node) }
        guard member.isPresent else { throw Self.unavailable(on: node, "Node \(node) is away.") }
        guard let passage = passages.begin() else {
            throw Self.unavailable(on: node, "Too many long answers are on their way through this node.")
        }
        let peer = PeerAddress(node: node, address: member.address, port: member.peerPort)
        let question = AnswerForm.value(of: answer, of: job, step: step)
        do throws(PeerFault) {
            return content(of: try await fetch(answer, question, of: peer), answer, holding: passage)
        } catch {
            if error.code == .missing { throw .answerGone(of: job, step: step, on: node) }
            let cause =
                error.code == .unknownRoute
                ? "its version does not tell answers to others" : String(error.message.prefix(300))
            throw Self.unavailable(on: node, "Node \(node) did not give the answer: \(cause)")
        }
    }

    private static func unavailable(on node: Int, _ cause: String) -> JobError {
        JobError(.answerUnavailable, "\(cause) Ask again later.", details: ["nodes": .ints([node])])
    }

    private func fetch(
        _ answer: StoredAnswer, _ question: Value, of peer: PeerAddress
    ) async throws(PeerFault) -> Descriptor {
        let file: Descriptor
        do throws(SystemFault) {
            file = try await files.passing()
        } catch {
            throw PeerFault(.refused, "there is no room for it here: \(error).", wasSent: false)
        }
        let end = time.monotonic + Self.patience
        do throws(Interruption<PeerFault>) {
            try await withDeadline({ [time] in await time.sleep(until: end) }) { [caller] () throws(PeerFault) in
                try await caller.fetch(PeerRoute.answerName, question, of: peer, into: file, limit: answer.bytes)
            }
        } catch {
            switch error {
            case .failed(let fault): throw fault
            case .deadline: throw PeerFault(.unreachable, "it took too long.")
            case .cancelled: throw PeerFault(.unreachable, "asking it was broken off.")
            }
        }
        guard await isWhole(file, answer) else { throw PeerFault(.malformed, "what came is another answer.") }
        return file
    }

    private func isWhole(_ file: Descriptor, _ answer: StoredAnswer) async -> Bool {
        let isWhole = try? await disk.run {
            var digest = RunningDigest()
            var place = 0
            while let bytes = try? file.read(from: place, count: Self.piece), !bytes.isEmpty {
                digest.add(bytes)
                place += bytes.count
            }
            let found = digest.hex()
            return place == answer.bytes && found == answer.sha256
        }
        return isWhole ?? false
    }

    /// - Parameter passage: Held until nobody reads any more.
    private func content(of file: Descriptor, _ answer: StoredAnswer, holding passage: Passage?) -> AnswerContent {
        AnswerContent(size: answer.bytes) { [disk] place, count in
            let read = try await disk.run {
                Result { () throws(SystemFault) in try file.read(from: place, count: count) }
            }
            return try withExtendedLifetime(passage) { try read.get() }
        }
    }
}

/// Counts what is on its way.
private final class Passages: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) { free = Mutex(count) }

    /// `nil` while as many are under way as may be.
    func begin() -> Passage? {
        let isFree = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        return isFree ? Passage(self) : nil
    }

    fileprivate func end() { free.withLock { $0 += 1 } }
}

/// One of them, until nobody holds it any more.
private final class Passage: Sendable {
    private let passages: Passages

    init(_ passages: Passages) { self.passages = passages }

    deinit { passages.end() }
}
