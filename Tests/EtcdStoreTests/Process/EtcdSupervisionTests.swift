import Testing

@testable import EtcdStore

/// What is done about a member for each thing that happens in each state.
struct EtcdSupervisionTests {
    private typealias Input = EtcdSupervision.Input
    private typealias Effect = EtcdSupervision.Effect

    private static let (run, next) = (EtcdRun(id: 5, startedTicks: 1), EtcdRun(id: 6, startedTicks: 2))
    private static let killed = EtcdEnd(.killed(9))
    private static let full = EtcdEnd(.exited(1), reason: "write: no space left on device")
    private static let lost = EtcdRefusal.notInstalled(path: "/usr/bin/etcd")

    /// A machine after these inputs, a second apart from 0 s on.
    private static func after(_ inputs: [Input]) -> EtcdSupervision {
        var machine = EtcdSupervision()
        for (second, input) in inputs.enumerated() { _ = machine.handle(input, at: .seconds(second)) }
        return machine
    }

    /// The table: each input in each state, at 100 s.
    @Test func eachInputHasItsEffect() {
        let looking = Self.after([.wanted])
        let starting = Self.after([.wanted, .found(nil)])
        let running = Self.after([.wanted, .found(Self.run)])
        let well = Self.after([.wanted, .found(Self.run), .answered(Self.run, true)])
        let pausing = Self.after([.wanted, .found(Self.run), .ended(Self.run, Self.killed)])
        let refused = Self.after([.wanted, .refused(Self.lost)])
        let resigning = Self.after([.wanted, .found(Self.run), .unwanted])
        let ending = Self.after([.wanted, .found(Self.run), .unwanted, .resigned])
        let over = Self.after([.unwanted])
        let (run, next) = (Self.run, Self.next)
        let rows: [(EtcdSupervision, Input, [Effect], EtcdSupervision.State?)] = [
            (EtcdSupervision(), .wanted, [.look], .looking), (EtcdSupervision(), .due, [], .idle),
            (EtcdSupervision(), .unwanted, [], .over), (EtcdSupervision(), .found(run), [], .idle),

            (looking, .wanted, [], .looking), (looking, .found(nil), [.start], .starting),
            (looking, .found(run), [.watch(run), .ask(run)], nil), (looking, .started(run), [], .looking),
            (looking, .refused(Self.lost), [], .pausing(until: .seconds(130))), (looking, .due, [], .looking),
            (looking, .unwanted, [], .looking),

            (starting, .started(run), [.watch(run), .ask(run)], nil), (starting, .found(nil), [], .starting),
            (starting, .refused(Self.lost), [], .pausing(until: .seconds(130))), (starting, .unwanted, [], .starting),

            (running, .answered(run, true), [], nil), (running, .answered(next, true), [], nil),
            (running, .due, [], nil),
            (running, .ended(next, Self.killed), [], nil),
            (running, .ended(run, Self.killed), [], .pausing(until: .milliseconds(100_500))),
            (running, .ended(run, Self.full), [], .pausing(until: .seconds(130))),
            (running, .unwanted, [.resign], .resigning(run, until: .seconds(103))), (running, .resigned, [], nil),
            (well, .due, [.ask(run)], nil),

            (pausing, .due, [.look], .looking), (pausing, .unwanted, [], .over), (pausing, .found(run), [], nil),
            (refused, .due, [.look], .looking), (refused, .unwanted, [], .over),

            (resigning, .resigned, [.terminate(run)], .ending(run, until: .seconds(110))),
            (resigning, .due, [.terminate(run)], .ending(run, until: .seconds(110))),
            (resigning, .ended(run, Self.killed), [], .over), (resigning, .unwanted, [], nil),
            (ending, .due, [.kill(run)], .killed(run)), (ending, .ended(run, EtcdEnd(.exited(0))), [], .over),
            (ending, .resigned, [], nil),

            (over, .wanted, [], .over), (over, .due, [], .over), (over, .unwanted, [], .over),
        ]
        for (number, row) in rows.enumerated() {
            var machine = row.0
            #expect(machine.handle(row.1, at: .seconds(100)) == row.2, "row \(number)")
            if let state = row.3 { #expect(machine.state == state, "row \(number)") }
        }
    }

    @Test func whatIsNotWantedAnyMoreIsEndedWhereverItWas() {
        var machine = Self.after([.wanted, .unwanted])
        #expect(machine.handle(.found(nil), at: .seconds(3)) == [])
        #expect(machine.isOver)
        machine = Self.after([.wanted, .unwanted])
        #expect(machine.handle(.found(Self.run), at: .seconds(3)) == [.watch(Self.run), .resign])
        machine = Self.after([.wanted, .found(nil), .unwanted])
        #expect(machine.handle(.started(Self.run), at: .seconds(3)) == [.watch(Self.run), .resign])
        machine = Self.after([.wanted, .found(nil), .unwanted])
        #expect(machine.handle(.refused(Self.lost), at: .seconds(3)) == [])
        #expect(machine.isOver)
        // Killed, and then seen to have ended.
        machine = Self.after([.wanted, .found(Self.run), .unwanted, .resigned])
        _ = machine.handle(.due, at: .seconds(60))
        #expect(!machine.isOver && machine.run == Self.run && machine.nextDue == nil)
        _ = machine.handle(.ended(Self.run, Self.killed), at: .seconds(61))
        #expect(machine.isOver && machine.run == nil)
    }

    @Test func pausesGrowUntilItRanWellForAMinute() {
        var machine = Self.after([.wanted, .found(Self.run)])
        var (now, pauses) = (Duration.seconds(10), [Duration]())
        for times in 1...10 {
            _ = machine.handle(.ended(Self.run, Self.killed), at: now)
            guard let due = machine.nextDue else {
                Issue.record("there is no next start")
                return
            }
            pauses.append(due - now)
            #expect(machine.finding == .ended(Self.killed, times: times, pause: due - now))
            now = due
            #expect(machine.handle(.due, at: now) == [.look])
            _ = machine.handle(.found(nil), at: now)
            _ = machine.handle(.started(Self.run), at: now)
            // Well for a moment is not enough to begin anew.
            _ = machine.handle(.answered(Self.run, true), at: now)
            #expect(machine.finding == nil && machine.isWell)
        }
        #expect(pauses == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { Duration.milliseconds(Int($0 * 1000)) })
        for second in [20, 40, 61] {
            _ = machine.handle(.due, at: now + .seconds(second))
            _ = machine.handle(.answered(Self.run, true), at: now + .seconds(second))
        }
        _ = machine.handle(.ended(Self.run, Self.killed), at: now + .seconds(70))
        #expect(machine.finding == .ended(Self.killed, times: 1, pause: .milliseconds(500)))
    }

    @Test func oneThatIsSilentIsAFindingAndLeftAlone() {
        var machine = Self.after([.wanted, .found(Self.run)])
        #expect(machine.handle(.answered(Self.run, false), at: .seconds(2)) == [])
        #expect(machine.nextDue == .milliseconds(2250) && !machine.isWell && machine.finding == nil)
        #expect(machine.handle(.due, at: .seconds(20)) == [.ask(Self.run)])
        // While it is being asked nothing else is due.
        #expect(machine.nextDue == nil)
        _ = machine.handle(.answered(Self.run, false), at: .seconds(32))
        #expect(machine.finding == .silent(since: .seconds(1)) && machine.nextDue == .seconds(33))
        _ = machine.handle(.due, at: .seconds(33))
        _ = machine.handle(.answered(Self.run, true), at: .seconds(33))
        #expect(machine.finding == nil && machine.isWell && machine.nextDue == .seconds(38))
    }

    @Test func findingsTellWhatIsTheMatter() {
        var machine = Self.after([.wanted, .found(Self.run)])
        _ = machine.handle(.ended(Self.run, Self.full), at: .seconds(2))
        #expect(machine.finding == .noRoom(Self.full))
        #expect("\(EtcdFinding.noRoom(Self.full))".contains("no room on its disk"))
        #expect("\(EtcdFinding.ended(Self.killed, times: 2, pause: .seconds(1)))".contains("2 times: signal 9"))
        #expect("\(EtcdFinding.refused(Self.lost))".hasPrefix("etcd is not installed"))
    }
}
