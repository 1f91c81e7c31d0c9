import JobEngine
import Testing
import Values

@testable import Replication

/// Which level may be put in force, and when it is by itself.
@Suite struct LevelSurveyTests {
    private static func key(_ levels: ClosedRange<Int>?) -> MemberKey {
        var key = MemberKey(address: "10.0.0.1", port: 20_003, version: "0.5", applied: 7, isReady: true)
        key.levels = levels
        return key
    }

    /// Nodes 11, 12 and 13, of which the last one says this; one that says nothing is away.
    private static func survey(_ last: MemberKey?, inForce: Int = 1, others: ClosedRange<Int> = 1...2) -> LevelSurvey {
        var present = [11: key(others), 12: key(others)]
        present[13] = last
        return LevelSurvey(inForce: inForce, members: [11, 12, 13], present: present)
    }

    private static func refusal(_ survey: LevelSurvey, _ level: Int) -> LevelRefusal? {
        do throws(LevelRefusal) {
            _ = try survey.check(level)
            return nil
        } catch {
            return error
        }
    }

    @Test func allHaveToSayThatTheyKnowIt() throws {
        #expect(try Self.survey(Self.key(1...2)).check(2))
        #expect(try Self.survey(Self.key(2...3)).check(2))
        #expect(Self.refusal(Self.survey(Self.key(1...1)), 2) == .lacking(2, [13: .knows(1...1)]))
        #expect(Self.refusal(Self.survey(Self.key(nil)), 2) == .lacking(2, [13: .unsaid]))
        #expect(Self.refusal(Self.survey(nil), 2) == .lacking(2, [13: .away]))
        // Who is there and takes no part is nobody's reason to wait.
        let present = [11: Self.key(1...2), 14: Self.key(1...1)]
        #expect(try LevelSurvey(inForce: 1, members: [11], present: present).check(2))
        let nobody = LevelSurvey(inForce: 1, members: [], present: present)
        #expect(Self.refusal(nobody, 2) == .unknown(2) && nobody.next == nil)
    }

    @Test func itRisesByOneAndNeverFalls() throws {
        let survey = Self.survey(Self.key(2...3), inForce: 2, others: 2...3)
        #expect(survey.next == 3)
        #expect(try survey.check(2) == false)
        #expect(Self.refusal(survey, 1) == .goesBack(1, inForce: 2))
        #expect(Self.refusal(survey, 4) == .tooFar(4, inForce: 2))
        let newest = Self.survey(Self.key(1...2), inForce: 2)
        #expect(newest.next == nil && Self.refusal(newest, 3) == .unknown(3))
    }

    @Test func aRefusalNamesWhoLacksIt() {
        let lacking = LevelRefusal.lacking(2, [13: .knows(1...1), 12: .away, 14: .unsaid, 15: .knows(3...4)])
        #expect(
            lacking.description.contains(
                "node 12 is away, node 13 knows level 1, node 14 does not say what it knows, node 15 knows levels 3 to 4"
            ))
        let told = JobError(lacking)
        #expect(told.code == .objectBusy && told.details["nodes"] == .ints([12, 13, 14, 15]))
        #expect(told.details["level"] == .int(2) && told.details["refusal"] == "members-lack-level")
        #expect(JobError(LevelRefusal.unknown(2)).code == .unsupported)
        #expect(JobError(LevelRefusal.goesBack(1, inForce: 2)).code == .parameterInvalid)
        #expect(JobError(LevelRefusal.tooFar(4, inForce: 2)).code == .parameterInvalid)
        #expect(JobError(LevelRefusal.store(.deposed)).code == JobError(StoreError.deposed).code)
    }

    // MARK: By itself

    private static let known = survey(key(1...2))
    private static let older = survey(key(1...1))
    private static let away = survey(nil)

    /// What is found at these seconds, and at which of them the level is due after 10 s.
    private static func due(_ looks: [(Int, LevelSurvey)]) -> [Int] {
        var patience = LevelPatience(delay: .seconds(10))
        return looks.filter { second, survey in patience.look(survey, at: .seconds(second)) == 2 }.map(\.0)
    }

    @Test func itIsDueSomeTimeAfterAllKnowIt() {
        #expect(Self.due([(0, Self.known), (9, Self.known), (10, Self.known)]) == [10])
        #expect(Self.due([(0, Self.older), (30, Self.known), (39, Self.known), (41, Self.known)]) == [41])
        #expect(Self.due([(0, Self.away), (30, Self.away)]) == [])
    }

    @Test func whoIsAwayHoldsItUpAndDoesNotBeginItAnew() {
        #expect(Self.due([(0, Self.known), (5, Self.away), (12, Self.away), (13, Self.known)]) == [13])
    }

    @Test func whoCameBackWithAnOlderVersionBeginsItAnew() {
        let again = [(0, Self.known), (5, Self.older), (12, Self.known), (21, Self.known), (22, Self.known)]
        #expect(Self.due(again) == [22])
        let unsaid = Self.survey(Self.key(nil))
        #expect(Self.due([(0, Self.known), (5, unsaid), (6, Self.known), (15, Self.known)]) == [])
    }

    @Test func theNextOneHasATimeOfItsOwn() {
        var patience = LevelPatience(delay: .seconds(10))
        #expect(patience.look(Self.known, at: .seconds(0)) == nil && patience.due == .seconds(10))
        #expect(patience.look(Self.survey(Self.key(1...2), inForce: 2), at: .seconds(10)) == nil)
        #expect(patience.due == nil)
        let later = Self.survey(Self.key(2...3), inForce: 2, others: 2...3)
        #expect(patience.look(later, at: .seconds(11)) == nil && patience.due == .seconds(21))
        #expect(patience.look(later, at: .seconds(21)) == 3)
    }
}
