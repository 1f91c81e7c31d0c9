import JobEngine
import Synchronization
import Waiting

/// Does what the test says, and remembers what it was asked.
final class ScriptedReconciler: Reconciler {
    let name: String
    let moment: ReconcilerMoment
    private let work: @Sendable (_ revision: Int) async throws -> Void
    private let state = Mutex<[String]>([])
    private let journal: Journal?

    /// What all of a test were asked, in order.
    final class Journal: Sendable {
        private let state = Mutex<[String]>([])

        var entries: [String] { state.withLock { $0 } }

        func add(_ entry: String) { state.withLock { $0.append(entry) } }
    }

    init(
        _ name: String, _ moment: ReconcilerMoment = .beforeAcknowledging, journal: Journal? = nil,
        work: @escaping @Sendable (_ revision: Int) async throws -> Void = { _ in }
    ) {
        self.name = name
        self.moment = moment
        self.journal = journal
        self.work = work
    }

    /// The revisions it was asked to go from and to, such as `1-2`; `-` alone for none.
    var calls: [String] { state.withLock { $0 } }

    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        state.withLock { $0.append("\(former.map { String($0.revision) } ?? "")-\(latest.revision)") }
        journal?.add("\(name) \(latest.revision)")
        try await work(latest.revision)
    }
}

/// Holds up whoever comes until it is opened; opens and closes as often as the test says.
final class Barrier: Sendable {
    private let state = Mutex<Waiter<Void>?>(Waiter())

    /// How many stand before it.
    var waiting: Int { state.withLock { $0?.callers ?? 0 } }

    func pass() async { await state.withLock { $0 }?.answer() }

    func open() {
        let waiter = state.withLock { state in
            defer { state = nil }
            return state
        }
        waiter?.resume(returning: ())
    }
}

/// Is down until somebody raises it.
final class Flag: Sendable {
    private let state = Mutex(false)

    var isUp: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
