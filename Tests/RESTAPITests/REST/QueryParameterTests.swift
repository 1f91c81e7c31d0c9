import Foundation
import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite struct QueryParameterTests {
    typealias Form = QueryParameter.Form

    @Test(arguments: [
        (Form.job, ["11.89", "0.0"], ["", "11", "11.", "11.-1", "11.89.1", "٣.١"]),
        (Form.event, ["7.48213", "now", "oldest"], ["", "7", "Now", "7.48213 ", "-1.2", "7.x"]),
    ])
    func theDocumentAndTheServerAgreeOnAForm(_ form: Form, _ good: [String], _ bad: [String]) throws {
        let pattern = try #require(form.schema["pattern"]?.string)
        for value in good + bad {
            let matches = value.range(of: pattern, options: .regularExpression) != nil
            #expect((form.fault(of: value) == nil) == matches, "\(value)")
            #expect(matches == good.contains(value), "\(value)")
        }
    }

    @Test(arguments: [
        (Form.eventTypes, "job.*,config.revision", "job.nonsense"), (Form.jobMembers, "job_id, stage", "job_id,colour"),
    ])
    func everyDocumentedWordIsKnownAndNoOther(_ form: Form, _ several: String, _ bad: String) throws {
        let words = try #require(form.schema["x-extensible-enum"]?.list).compactMap(\.string)
        #expect(!words.isEmpty)
        for word in words + [several, ""] { #expect(form.fault(of: word) == nil, "\(word)") }
        #expect(form.fault(of: bad)?.contains(words[0]) == true, "the fault names the known words")
    }

    @Test(arguments: [
        ("plain", true), ("a", true), ("\"with blanks\"", true), ("with blanks", true), ("\" \"", true),
        (String(repeating: "x", count: 128), true), ("\"\(String(repeating: "x", count: 128))\"", true),
        ("in\"side", true), ("", false), ("\"\"", false), ("\"", false), ("\"open", false), ("open\"", false),
        (String(repeating: "x", count: 129), false), ("with\ttab", false), ("é", false),
    ])
    func theDocumentAndTheServerAgreeOnIdempotencyKeys(_ key: String, _ isGood: Bool) {
        let isTaken = (try? Call.idempotencyKey(key)) != nil
        #expect(isTaken == isGood)
        #expect((key.range(of: Call.idempotencyKeyPattern, options: .regularExpression) != nil) == isGood)
    }
}
