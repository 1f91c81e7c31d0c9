import Access
import JobEngine
import NIOCore
import Synchronization
import Values

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

    /// Calls a client with an event.
    typealias Telling = @Sendable (_ event: Value, CallbackAddress) async throws(CallbackClient.Failure) -> Void

    let address: CallbackAddress
    private let login: LastingLogin
    private let reader: EventReader
    private let isOver = Mutex(false)

    init(_ login: LastingLogin, at address: CallbackAddress, reading reader: EventReader) {
        self.login = login
        self.address = address
        self.reader = reader
    }

    /// Whose it is.
    var user: String { login.principal.name }

    /// Ends it; a call that is being made is the last one.
    func end() {
        isOver.withLock { $0 = true }
        reader.waker.wake()
    }

    private var hasEnded: Bool { isOver.withLock { $0 } || Task.isCancelled }

    /// Tells what happens until the subscription ends.
    ///
    /// - Parameter tell: Makes one call; returns when it is answered.
    /// - Returns: `nil` when it was asked to end, or the daemon stops.
    func serve(_ time: any TimeSource, tell: Telling) async -> End? {
        var listener = Listener(reader: reader, login: login)
        let begin = time.monotonic
        while !hasEnded {
            let result = await listener.reader.next(1)
            if hasEnded || result == .closed { return nil }
            if time.monotonic - begin > Self.longestLife { return .old }
            if let end = await deliver(result, to: &listener, time, by: tell) { return hasEnded ? nil : end }
        }
        return nil
    }

    private func deliver(
        _ result: EventReader.ReadResult, to listener: inout Listener, _ time: any TimeSource, by tell: Telling
    ) async -> End? {
        var pause = Self.firstPause
        for attempt in 1...Self.attempts {
            let event: Value?
            do throws(AccessError) {
                event = try await listener.event(result)
            } catch {
                return .refused
            }
            guard let event else { return nil }
            do throws(CallbackClient.Failure) {
                try await tell(event, address)
                return nil
            } catch {
                if hasEnded || attempt == Self.attempts { break }
            }
            await time.sleep(until: time.monotonic + pause)
            pause *= 2
        }
        return .unanswered
    }
}

/// Who is told: how far, and with which rights.
private struct Listener {
    var reader: EventReader
    var login: LastingLogin

    /// What is to be told; the login is looked at before each call, since between two of them it may have ended, or have
    /// fewer rights.
    mutating func event(_ result: EventReader.ReadResult) async throws(AccessError) -> Value? {
        try await login.check()
        reader.filter.owner = login.principal.visibleOwner
        return switch result {
        case .events(let events):
            events.first { reader.filter.admits($0) }?.item(epoch: reader.position.epoch, for: reader.filter.owner)
        case .reset(let reset): .map((reset.value.map ?? [:]).merging(["type": "reset"]) { own, _ in own })
        case .nothing, .closed: nil
        }
    }
}
