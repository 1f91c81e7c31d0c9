/// Looks after the state of objects of one kind on this node, in its turn of a cycle and never when somebody asks.
///
/// One file, and one line in the list of the daemon. Who reads is answered from what was found last: a probe may take its time,
/// and one that hangs holds up neither readers nor other probes; what it found before stays meanwhile.
package protocol StateProbe: Sendable {
    /// A word or two, with `-`: what it looks after.
    var name: String { get }
    /// How long to wait after a look before the next one.
    var pause: Duration { get }
    /// Types of events after which it looks at once, as filters of events have them; none by default.
    var wakers: [String] { get }
    /// How everything is that it looks after. What it does not name any more is gone.
    func look() async -> [ObjectState]
}

extension StateProbe {
    /// Ten seconds.
    package var pause: Duration { .seconds(10) }
    /// None.
    package var wakers: [String] { [] }
}

/// A probe that is one function, as of what some part of the daemon knows anyway.
package struct FunctionProbe: StateProbe {
    package let name: String
    package let pause: Duration
    private let find: @Sendable () async -> [ObjectState]

    /// - Parameters:
    ///   - name: What it looks after.
    ///   - pause: How long to wait after a look.
    ///   - find: How everything is.
    package init(
        _ name: String, pause: Duration = .seconds(10), find: @escaping @Sendable () async -> [ObjectState]
    ) {
        (self.name, self.pause, self.find) = (name, pause, find)
    }

    package func look() async -> [ObjectState] { await find() }
}
