import Access
import JobEngine
import NIOCore
import Synchronization

/// One subscription: who is told what, and where.
final class Callback: Sendable {
    /// Why a subscription ended without having been asked to, in words for the log.
    enum End: String, Sendable {
        case unanswered = "calls were not answered"
        case refused = "the login is not accepted any more"
        case old = "it is a day old"
    }

    /// Calls of one event, before the subscription is given up; each pause is twice the one before it.
    static let attempts = 5
    static let firstPause = Duration.seconds(1)
    /// A client that wants more subscribes again.
    static let longestLife = Duration.seconds(24 * 3600)

    let principal: Principal
    let address: CallbackAddress
    private let reader: EventReader
    private let isOver = Mutex(false)

    init(_ principal: Principal, _ address: CallbackAddress, _ reader: EventReader) {
        self.principal = principal
        self.address = address
        self.reader = reader
    }

    /// Ends it; a call that is being made is the last one.
    func end() {
        isOver.withLock { $0 = true }
        reader.bell.ring()
    }

    private var hasEnded: Bool { isOver.withLock { $0 } || Task.isCancelled }

    /// Calls until the subscription ends.
    ///
    /// - Returns: `nil` when it was asked to end, or the daemon stops.
    func serve(by client: CallbackClient, _ logins: LoginService, _ time: any TimeSource) async -> End? {
        var reader = reader
        let begin = time.monotonic
        var checkedAt = begin
        while !hasEnded {
            let taking = await reader.next(1)
            if hasEnded || taking == .closed { return nil }
            let now = time.monotonic
            if now - begin > Self.longestLife { return .old }
            if now - checkedAt > StandingLogin.interval - EventFeed.longestSilence {
                checkedAt = now
                guard await isAccepted(by: logins, &reader.filter) else { return .refused }
            }
            guard let argument = Self.argument(taking, reader) else { continue }
            if await !deliver(argument, by: client, time) { return hasEnded ? nil : .unanswered }
        }
        return nil
    }

    /// Whether the user may still log in; what he is told follows the groups he is in now.
    private func isAccepted(by logins: LoginService, _ filter: inout EventFilter) async -> Bool {
        // The cluster's token is nobody's account.
        if principal.method == .bearer { return true }
        do throws(AccessError) {
            let now = try await logins.recognise(
                user: principal.name, method: principal.method, from: address.socket.ipAddress ?? "")
            filter.owner = now.visibleOwner
            return true
        } catch {
            if case .unavailable = error { return true }
            return false
        }
    }

    private static func argument(_ taking: EventReader.Taking, _ reader: EventReader) -> Value? {
        switch taking {
        case .events(let events): events.first?.item(epoch: reader.position.epoch, for: reader.filter.owner)
        case .reset(let reset): .map((reset.value.map ?? [:]).merging(["type": "reset"]) { own, _ in own })
        case .nothing, .closed: nil
        }
    }

    private func deliver(_ argument: Value, by client: CallbackClient, _ time: any TimeSource) async -> Bool {
        var pause = Self.firstPause
        for attempt in 1...Self.attempts {
            do throws(CallbackClient.Failure) {
                try await client.call(Callbacks.method, argument, at: address)
                return true
            } catch {
                if hasEnded || attempt == Self.attempts { return false }
            }
            await time.sleep(until: time.monotonic + pause)
            pause *= 2
        }
        return false
    }
}
