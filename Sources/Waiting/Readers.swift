/// Those who read what becomes of something, kept with it under its lock.
///
/// They are told under that lock, so that each hears everything in its order. Nothing happens on their end: a task that is cancelled
/// is held by the runtime meanwhile, and telling it waits for that, so an end that took the lock would wait for itself. Whoever has
/// ended is found and left out when there is something to tell.
package struct Readers<Element: Sendable>: Sendable {
    private var streams: [AsyncStream<Element>.Continuation] = []

    /// Nobody reads yet.
    package init() {}

    /// How many there are, or were when something was told last.
    package var count: Int { streams.count }

    /// Adds one.
    ///
    /// - Parameters:
    ///   - first: What it reads at once; `nil` for nothing.
    ///   - policy: What it keeps of what it has not read yet.
    package mutating func add(
        first: Element? = nil, keeping policy: AsyncStream<Element>.Continuation.BufferingPolicy
    ) -> AsyncStream<Element> {
        let (stream, tell) = AsyncStream<Element>.makeStream(bufferingPolicy: policy)
        if let first { tell.yield(first) }
        streams.append(tell)
        return stream
    }

    /// Tells all of them.
    package mutating func tell(_ element: Element) {
        streams.removeAll { stream in
            if case .terminated = stream.yield(element) { return true }
            return false
        }
    }

    /// Ends what they read.
    package mutating func finish() {
        for stream in streams { stream.finish() }
        streams = []
    }
}
