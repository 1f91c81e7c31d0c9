package import Access
package import JobEngine
package import Logging
import Synchronization

/// Calls those who asked to be told: each client at its own pace, in order, and again when it did not answer.
///
/// Nothing of it is stored: after a restart of the daemon, clients have to subscribe again.
package final class Callbacks: Sendable {
    /// The method that is called, with the event as its only argument.
    static let method = "confd_event"
    /// Subscriptions of one user, and of all.
    static let limits = (perUser: 5, total: 200)

    private let feed: EventFeed
    private let logins: LoginService
    private let time: any TimeSource
    private let client = CallbackClient()
    private let state = Mutex<[Key: Callback]>([:])
    private let queue: AsyncStream<Callback>
    private let arrival: AsyncStream<Callback>.Continuation

    fileprivate struct Key: Hashable {
        let user: String
        let url: String
    }

    init(_ feed: EventFeed, logins: LoginService, time: any TimeSource) {
        self.feed = feed
        self.logins = logins
        self.time = time
        (queue, arrival) = AsyncStream.makeStream()
    }

    /// Calls subscribers until ``close()``.
    ///
    /// - Parameter logger: Told of subscriptions that end because they cannot be served.
    package func run(logger: Logger) async {
        await withDiscardingTaskGroup { group in
            for await callback in queue { group.addTask { await self.serve(callback, logger) } }
            group.cancelAll()
        }
    }

    /// Lets ``run(logger:)`` end. What has not been told by then never is.
    package func close() {
        arrival.finish()
    }

    private func serve(_ callback: Callback, _ logger: Logger) async {
        let end = await callback.serve(time) { [client] (event, address) throws(CallbackClient.Failure) in
            try await client.call(Self.method, event, at: address)
        }
        state.withLock { state in
            if state[Key(callback)] === callback { state[Key(callback)] = nil }
        }
        guard let end else { return }
        logger.notice(
            "callbacks ended",
            metadata: ["principal": "\(callback.user)", "url": "\(callback.address.url)", "cause": "\(end.rawValue)"])
    }
}

// MARK: - Subscribing
extension Callbacks {
    /// Tells a user what happens from now on. Asked for again with the same URL, the later request counts.
    ///
    /// - Throws: ``JobError/Code/objectBusy`` when there are too many subscriptions already.
    package func subscribe(
        _ principal: Principal, at address: CallbackAddress, to filter: EventFilter
    ) throws(JobError) {
        let callback = Callback(
            LastingLogin(principal, logins: logins, time: time), at: address,
            reading: EventReader(feed, filter, from: .now))
        let key = Key(callback)
        let (earlier, isRefused) = state.withLock { state -> (Callback?, Bool) in
            let own = state.keys.count { $0.user == principal.name }
            let isNew = state[key] == nil
            if isNew, own >= Self.limits.perUser || state.count >= Self.limits.total { return (nil, true) }
            return (state.updateValue(callback, forKey: key), false)
        }
        if isRefused {
            throw JobError(
                .objectBusy,
                "There are \(Self.limits.perUser) subscriptions of a user at most, and \(Self.limits.total) of all.")
        }
        earlier?.end()
        arrival.yield(callback)
    }

    /// Ends a subscription.
    ///
    /// - Returns: Whether there was one.
    package func unsubscribe(_ user: String, _ url: String) -> Bool {
        let callback = state.withLock { $0.removeValue(forKey: Key(user: user, url: url)) }
        callback?.end()
        return callback != nil
    }
}

extension Callbacks.Key {
    fileprivate init(_ callback: Callback) {
        self.init(user: callback.user, url: callback.address.url)
    }
}
