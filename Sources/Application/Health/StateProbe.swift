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
