package import Access
package import Replication
import Synchronization

/// Asks the witness of the cluster, on each node, how it is; each node has its own word on whether it is there.
package final class WitnessWatch: Sendable {
    static let pace = Duration.seconds(2)
    static let patience = Duration.seconds(2)
    /// So long one answer holds: three questions in a row may be lost.
    static let validity = Duration.seconds(8)

    private let caller: any PeerCaller
    private let time: any TimeSource
    private let heard = Mutex<(sign: WitnessSign, at: Duration)?>(nil)

    /// Nobody was asked yet.
    package init(by caller: any PeerCaller, time: any TimeSource) { (self.caller, self.time) = (caller, time) }

    /// What it said a moment ago; `nil` when it did not, or there is none.
    package var sign: WitnessSign? {
        let now = time.monotonic
        return heard.withLock { $0.flatMap { now - $0.at < Self.validity ? $0.sign : nil } }
    }

    /// Asks until the task is cancelled.
    ///
    /// - Parameters:
    ///   - place: Where it answers; `nil` while the cluster has none.
    ///   - question: What it is to know.
    package func run(
        _ place: @escaping @Sendable () async -> PeerAddress?,
        telling question: @escaping @Sendable () async -> WitnessQuestion?
    ) async {
        while !Task.isCancelled {
            if let place = await place() {
                await ask(place, question)
            } else {
                heard.withLock { $0 = nil }
            }
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }

    private func ask(_ place: PeerAddress, _ question: @Sendable () async -> WitnessQuestion?) async {
        guard let question = await question() else { return }
        let sent = time.monotonic
        let answer = try? await caller.ask(WitnessQuestion.route, question.value, of: place, within: Self.patience)
        guard let sign = answer.flatMap({ WitnessSign($0) }) else { return }
        heard.withLock { $0 = (sign, sent) }
    }
}
