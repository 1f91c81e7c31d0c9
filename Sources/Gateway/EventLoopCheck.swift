package import Application
import NIOCore
import NIOPosix

extension ReadinessChecks {
    /// Whether the threads that serve connections still turn: one that hangs never takes the empty task it is given.
    package static let eventLoops = ReadinessChecks {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
        return [Check(name: "event_loops", isReady: true, detail: "they turn")]
    }
}
