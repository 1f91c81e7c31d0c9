import Support
import Testing
import Values

@testable import JobEngine

@Suite struct QueueRulesTests {
    private func rule(
        _ number: Int, _ action: QueueRule.Action, _ change: (inout QueueRule) -> Void = { _ in }
    ) -> QueueRule {
        var rule = QueueRule(number: number, action: action, user: "admin", at: Timestamp(milliseconds: 0))
        change(&rule)
        return rule
    }

    private func table(_ rules: [QueueRule]) -> QueueRules {
        var table = QueueRules()
        for rule in rules { table.insert(rule) }
        return table
    }

    @Test(arguments: [
        (QueueRule.Match([:]), true), (QueueRule.Match(["type": ["bucket_*"]]), true),
        (QueueRule.Match(["type": ["bucket_add", "x"]]), true), (QueueRule.Match(["type": ["bucket"]]), false),
        (QueueRule.Match(["mode": "modify"]), true), (QueueRule.Match(["mode": "read"]), false),
        (QueueRule.Match(["user": ["admin"]]), true), (QueueRule.Match(["user": ["dba"]]), false),
        (QueueRule.Match(["after_job": "11.4"]), true), (QueueRule.Match(["after_job": "11.5"]), false),
        (QueueRule.Match(["type": ["bucket_add"], "user": ["dba"]]), false),
    ])
    func aRuleSpeaksOfTheJobsItsConditionsAllFit(_ match: QueueRule.Match, fits: Bool) {
        #expect(match.covers(.fixture(number: 5)) == fits)
        #expect(QueueRule.Match(match.value) == match)
    }

    @Test func theFirstRuleThatDecidesCounts() {
        let job = JobRecord.fixture()
        let pause = rule(1, .pause)
        #expect(table([pause]).verdict(on: job) == .held(by: 1))
        let exception = rule(2, .accept) { $0.order = 10 }
        #expect(table([pause, exception]).verdict(on: job) == .free(limits: []))
        #expect(table([pause, rule(2, .accept)]).verdict(on: job) == .held(by: 1), "among equals the older one")
        #expect(table([rule(3, .reject)]).verdict(on: job) == .free(limits: []), "what was taken goes on")
        #expect(table([rule(3, .reject)]).rejection(of: job)?.number == 3)
        #expect(table([rule(3, .reject), exception]).rejection(of: job) == nil)
    }

    @Test func aLimitHasRoomForSoMany() {
        var table = table([rule(1, .limit(2))])
        let jobs = (1...3).map { JobRecord.fixture(number: $0) }
        for job in jobs.prefix(2) {
            #expect(table.verdict(on: job) == .free(limits: [1]))
            table.count(job.id, for: [1])
        }
        #expect(table.verdict(on: jobs[2]) == .held(by: 1))
        table.hold(jobs[2].id, .normal, by: 1)
        #expect(table.next(behind: 1) == nil)
        #expect(table.release(jobs[0].id) == [1])
        #expect(table.next(behind: 1) == jobs[2].id && table.next(behind: 1) == nil)
    }

    @Test func aRuleIsKeptWhole() {
        let all = rule(7, .limit(3)) {
            $0.match.types = ["db_*"]
            $0.match.mode = .modify
            $0.match.users = ["dora"]
            $0.match.after = JobID(node: 11, number: 90)
            $0.order = 3
            $0.owner = "ops"
            $0.reason = "Move."
            $0.expiresAt = Timestamp(milliseconds: 99)
        }
        #expect(QueueRule(all.value) == all && QueueRule.number(all.id) == 7)
        #expect(QueueRule(["number": 1]) == nil && QueueRule.number("r") == nil && QueueRule.number("r-1") == nil)
    }
}

@Suite struct PriorityLineTests {
    private func id(_ number: Int) -> JobID { JobID(node: 11, number: number) }

    @Test func theMoreUrgentComeFirstAndAmongEqualsTheOlder() {
        var line = PriorityLine()
        for (number, priority) in [(3, JobPriority.normal), (1, .normal), (2, .low), (5, .high), (4, .high)] {
            line.insert(id(number), priority)
        }
        #expect(Array(line.jobs) == [4, 5, 1, 3, 2].map(id))
        line.insert(id(2), .high)
        line.remove(id(5))
        #expect(line.popFirst() == id(2) && line.first == id(4) && line.count == 3)
    }

    /// A model that sorts says what every line has to say, whatever comes and goes.
    @Test(arguments: 1...20) func itAnswersAsASortedListWould(seed: UInt64) {
        var random = SequenceGenerator(seed: seed)
        var line = PriorityLine()
        var model: [JobID: JobPriority] = [:]
        for _ in 0..<500 {
            let job = id(Int.random(in: 1...60, using: &random))
            switch Int.random(in: 0...3, using: &random) {
            case 0...1:
                let priority = JobPriority.allCases.randomElement(using: &random) ?? .normal
                line.insert(job, priority)
                model[job] = priority
            case 2:
                line.remove(job)
                model[job] = nil
            default:
                if let first = line.popFirst() { model[first] = nil }
            }
            let expected = model.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
            #expect(Array(line.jobs) == expected && line.first == expected.first && line.count == expected.count)
        }
    }
}

@Suite struct DeadlinesTests {
    @Test func whatIsDueComesOutOnceAndInTime() {
        var deadlines = Deadlines()
        for number in [5, 3, 9, 1, 7] { deadlines.set(.rule(number), .seconds(number)) }
        deadlines.set(.rule(3), .seconds(8))
        deadlines.remove(.rule(1))
        #expect(deadlines.next == .seconds(5))
        #expect(deadlines.take(until: .seconds(4)).isEmpty)
        #expect(deadlines.take(until: .seconds(8)) == [.rule(5), .rule(7), .rule(3)])
        #expect(deadlines.next == .seconds(9))
        #expect(deadlines.take(until: .seconds(99)) == [.rule(9)] && deadlines.next == nil)
    }

    @Test(arguments: 1...10) func manyDeadlinesKeepTheirOrder(seed: UInt64) {
        var random = SequenceGenerator(seed: seed)
        var deadlines = Deadlines()
        var model: [Int: Int] = [:]
        for _ in 0..<2000 {
            let (number, due) = (Int.random(in: 0...200, using: &random), Int.random(in: 0...1000, using: &random))
            if Bool.random(using: &random) {
                deadlines.set(.rule(number), .seconds(due))
                model[number] = due
            } else {
                deadlines.remove(.rule(number))
                model[number] = nil
            }
        }
        for now in stride(from: 0, through: 1000, by: 50) {
            let due = model.filter { $0.value <= now }
            #expect(Set(deadlines.take(until: .seconds(now))) == Set(due.keys.map { .rule($0) }))
            model = model.filter { $0.value > now }
            #expect(deadlines.next == model.values.min().map { .seconds($0) })
        }
    }
}
