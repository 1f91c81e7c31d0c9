import Synchronization

/// The place of a request that was let in by an ``AdmissionGate``.
package final class Turn: Sendable {
    /// The turn of the request this task works for; `nil` for work of the daemon's own.
    @TaskLocal package static var current: Turn?

    private let gate: AdmissionGate
    private let user: String
    private let number: Mutex<UInt64?>

    init(_ number: UInt64, of user: String, at gate: AdmissionGate) {
        self.gate = gate
        self.user = user
        self.number = Mutex(number)
    }

    /// The request is answered, or waits for so long that it counts among waits instead. Again it does nothing.
    package func end() {
        if let number = number.withLock({ $0.take() }) { gate.end(number) }
    }

    /// Stands in line once more, before the next piece of a request that has many. It goes on without a turn when the
    /// line is full.
    package func renew() async {
        end()
        let next = await gate.admit(user)
        number.withLock { $0 = next }
    }
}
