import HTTPTypes
import JobEngine
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite struct JobCursorTests {
    private let day: Int64 = 24 * 3600 * 1000

    private func cursor(begun: Int64) throws -> JobCursor {
        var page = JobPage(jobs: [], hasMore: true)
        page.end = JobPlace(number: 7, type: "db_start", end: 3)
        page.snapshot = JobSnapshot(number: 9, ends: 4)
        return try #require(JobCursor(behind: page, filter: "type=db_*", begun: begun))
    }

    @Test func aCursorSaysWhereTheWalkIsAndWhenItBegan() throws {
        let read = try #require(try JobCursor(cursor(begun: 5).text, filter: "type=db_*", now: 6))
        #expect(read.place == JobPlace(number: 7, type: "db_start", end: 3) && read.begun == 5)
        #expect(read.snapshot == JobSnapshot(number: 9, ends: 4))
    }

    @Test func aCursorEndsWithItsDay() throws {
        let text = try cursor(begun: 0).text
        #expect(throws: Never.self) { try JobCursor(text, filter: "type=db_*", now: day) }
        #expect { try JobCursor(text, filter: "type=db_*", now: day + 1) } throws: {
            ($0 as? Problem)?.answerStatus == .gone && ($0 as? Problem)?.code == .gateway(.cursorExpired)
        }
    }

    /// Whoever knows how a cursor is made can make one with any time in it.
    @Test func aCursorOfAnyTimeIsJudgedWithoutOverflow() throws {
        let text = try cursor(begun: .min).text
        #expect { try JobCursor(text, filter: "type=db_*", now: day) } throws: {
            ($0 as? Problem)?.code == .gateway(.cursorExpired)
        }
        let ahead = try cursor(begun: .max).text
        #expect(throws: Never.self) { try JobCursor(ahead, filter: "type=db_*", now: day) }
    }

    @Test(arguments: ["", "x", "W10", "WzEsMiwzXQ", "////"]) func nonsenseIsNoCursor(_ text: String) {
        #expect { try JobCursor(text, filter: "", now: 0) } throws: {
            ($0 as? Problem)?.code == .gateway(.cursorInvalid)
        }
    }
}
