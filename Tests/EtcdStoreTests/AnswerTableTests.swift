import ClusterLog
import Testing
import Values

@testable import EtcdStore

/// What is read out of etcd's JSON, and what is no answer.
@Suite struct AnswerTableTests {
    private func fault<Answer>(_ text: String, _ read: (Value) throws(EtcdFault) -> Answer) -> EtcdFault? {
        do throws(EtcdFault) {
            _ = try read(try EtcdLine.value(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (#""7""#, 7), ("7", 7), (#""9223372036854775807""#, .max), ("null", 0), (#""0""#, 0),
        (#""9223372036854775808""#, nil), (#""-1""#, nil), ("-1", nil), ("1.5", nil), (#""""#, nil), (#"" 7""#, nil),
        (#""+7""#, nil), (#""7x""#, nil), ("true", nil), ("[]", nil), ("{}", nil), (#""00000000000000000007""#, nil),
    ])
    func numbersAreTextsOrNumbers(text: String, number: Int?) throws {
        #expect(EtcdFields.number(try JSON.parse(text)) == number)
    }

    @Test func whatIsAbsentIsZeroEmptyAndFalse() {
        #expect(EtcdFields.number(nil) == 0)
        #expect(EtcdFields.identity(nil) == 0)
        #expect(EtcdFields.bytes(nil) == [])
        #expect(EtcdFields.truth(nil) == false)
        #expect(EtcdFields.list(nil) == [])
        #expect(EtcdFields.key(nil) == nil)
    }

    @Test(arguments: [
        (#""18446744073709551615""#, UInt64.max), (#""18446744073709551616""#, nil), ("-1", nil), (#""-1""#, nil),
    ])
    func membersHaveNumbersOfAllBits(text: String, number: UInt64?) throws {
        #expect(EtcdFields.identity(try JSON.parse(text)) == number)
    }

    @Test func wrongTypesAreNotRead() {
        #expect(EtcdFields.bytes(7) == nil)
        #expect(EtcdFields.bytes("%%") == nil)
        #expect(EtcdFields.bytes("YQ") == nil)
        #expect(EtcdFields.truth("true") == nil)
        #expect(EtcdFields.list([:]) == nil)
        #expect(EtcdFields.key("/w==") == nil)
    }

    // MARK: Transactions

    private static let append = Transaction(
        comparisons: [.created("m", at: 5), .isMissing("a"), .exists("b")],
        success: [.put("a", value: [0x76], lease: 12)],
        failure: [.get("a"), .first("log/"), .last("log/")])

    @Test func aTransactionIsAskedForInItsParts() throws {
        let expected = #"""
            {"compare":[
              {"key":"bQ==","target":"CREATE","result":"EQUAL","create_revision":"5"},
              {"key":"YQ==","target":"CREATE","result":"EQUAL","create_revision":"0"},
              {"key":"Yg==","target":"CREATE","result":"GREATER","create_revision":"0"}],
             "success":[{"request_put":{"key":"YQ==","value":"AHY=","lease":"12"}}],
             "failure":[
              {"request_range":{"key":"YQ=="}},
              {"request_range":{"key":"bG9nLw==","range_end":"bG9nMA==","limit":"1"}},
              {"request_range":{"key":"bG9nLw==","range_end":"bG9nMA==","limit":"1","sort_order":"DESCEND",
                "sort_target":"KEY"}}]}
            """#
        #expect(TransactionForm.request(Self.append) == (try JSON.parse(expected)))
    }

    @Test func theAnswerToATransactionIsWhatWasFound() throws {
        let written = try EtcdLine.value(
            #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_put":{}}]}"#.utf8)
        #expect(
            try TransactionForm.answer(written, to: Self.append)
                == TransactionAnswer(succeeded: true, found: [[]], revision: 9))
        let refused = try EtcdLine.value(
            #"""
            {"header":{"revision":"9"},"responses":[
             {"response_range":{"kvs":[{"key":"YQ==","create_revision":"3","mod_revision":"4","value":"AHY=","lease":"7"}]}},
             {"response_range":{"header":{"revision":"9"}}},
             {"response_range":{"kvs":[{"key":"Yg==","create_revision":"2"}]}}]}
            """#.utf8)
        let answer = try TransactionForm.answer(refused, to: Self.append)
        #expect(!answer.succeeded)
        #expect(
            answer.found == [
                [KeyValue(key: "a", value: [0x76], created: 3, lease: 7)], [],
                [KeyValue(key: "b", value: [], created: 2)],
            ])
    }

    @Test(arguments: [
        "{}", "[]", #"{"header":{"revision":"0"},"succeeded":true,"responses":[{"response_put":{}}]}"#,
        #"{"header":{"revision":"9"},"succeeded":"true","responses":[{"response_put":{}}]}"#,
        #"{"header":{"revision":"9"},"succeeded":true}"#,
        #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_range":{}}]}"#,
        #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_put":{}},{"response_put":{}}]}"#,
        #"{"header":{"revision":"9"},"responses":[{"response_put":{}},{"response_range":{}},{"response_range":{}}]}"#,
        #"{"header":{"revision":"9"},"responses":[{"response_range":{}},{"response_range":{}}]}"#,
        #"{"header":{"revision":"9"},"responses":{"a":1}}"#,
    ])
    func whatIsNoAnswerToATransactionIsNotRead(text: String) {
        #expect(fault(text) { (value) throws(EtcdFault) in try TransactionForm.answer(value, to: Self.append) } != nil)
    }

    @Test func afterNoRoomIsAskedWhatTellsWhetherItWasWritten() {
        #expect(
            Self.append.afterNoRoom
                == Transaction(
                    comparisons: Self.append.comparisons, success: [.get("a")], failure: Self.append.failure))
        let unguarded = Transaction(comparisons: [.exists("m")], success: [.put("a", value: [], lease: nil)])
        #expect(unguarded.afterNoRoom == nil)
        #expect(Transaction(comparisons: [.isMissing("a")], success: [.get("a")]).afterNoRoom == nil)
    }

    // MARK: Ranges

    @Test(arguments: [("log/", "bG9nMA=="), ("a", "Yg=="), ("", "AA==")])
    func allKeysOfAPrefixAreBeforeItsEnd(prefix: String, end: String) {
        #expect(KeyForm.end(of: prefix) == .string(end))
    }

    @Test(arguments: [
        #"{"header":{"revision":"9"},"kvs":[{"key":"","create_revision":"2"}]}"#,
        #"{"header":{"revision":"9"},"kvs":[{"key":"YQ=="}]}"#,
        #"{"header":{"revision":"9"},"kvs":[{"key":"YQ==","create_revision":"2","value":5}]}"#,
        #"{"header":{"revision":"9"},"kvs":[{"key":"YQ==","create_revision":"2","lease":"-3"}]}"#,
        #"{"header":{"revision":"9"},"kvs":{}}"#, #"{"header":{"revision":"9"},"more":1}"#, #"{"kvs":[]}"#,
    ])
    func whatIsNoRangeIsNotRead(text: String) {
        #expect(fault(text, KeyForm.range) != nil)
    }

    @Test func anAnswerIsOneDocumentInLimits() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        let many = "[" + String(repeating: "0,", count: 600_000) + "0]"
        for text in ["", "{", "{}{}", "nul", deep, many] {
            #expect(fault(text) { (value) throws(EtcdFault) in value } == .unreadable("JSON"))
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        (#"{"error":"e","message":"etcdserver: mvcc: database space exceeded","code":8}"#, true, false, false),
        (#"{"error":{"grpc_code":8,"message":"etcdserver: mvcc: database space exceeded"}}"#, true, false, false),
        (#"{"message":"etcdserver: too many requests","code":8}"#, false, false, false),
        (#"{"message":"etcdserver: mvcc: required revision has been compacted","code":11}"#, false, true, false),
        (#"{"message":"etcdserver: mvcc: required revision is a future revision","code":11}"#, false, false, false),
        (#"{"error":"etcdserver: requested lease not found","code":5}"#, false, false, true),
        ("Not Found\n", false, false, false), ("", false, false, false), ("{}", false, false, false),
        (#"{"message":7,"code":"x"}"#, false, false, false),
    ])
    func refusalsAreToldApart(body: String, isNoRoom: Bool, isCompacted: Bool, isNotFound: Bool) {
        let refusal = RefusedAnswer(Array(body.utf8), status: 404)
        #expect(refusal.isNoRoom == isNoRoom)
        #expect(refusal.isCompacted == isCompacted)
        #expect(refusal.isNotFound == isNotFound)
        #expect(!refusal.message.isEmpty)
    }

    @Test func aRefusalIsNoLongerThanALineOfALog() {
        let refusal = RefusedAnswer(
            Array(#"{"message":"\#(String(repeating: "x", count: 10_000))"}"#.utf8), status: 500)
        #expect(refusal.message.count == 300)
    }

    // MARK: What etcd says of itself

    @Test func aStatusIsRead() throws {
        let text = #"""
            {"header":{"member_id":"18446744073709551615","revision":"2"},"version":"3.4.23","dbSize":"20480",
             "leader":"9","dbSizeInUse":"16384"}
            """#
        let status = try EtcdStatus(EtcdLine.value(text.utf8))
        #expect(status.member == EtcdMemberID(.max))
        #expect(status.leader == EtcdMemberID(9))
        #expect((status.size, status.sizeInUse) == (20_480, 16_384))
        #expect(status.version == "3.4.23")
        #expect(!status.isLearner)
        let alone = try EtcdStatus(EtcdLine.value(#"{"header":{"member_id":"1"},"version":"3.4.23"}"#.utf8))
        #expect(alone.leader == nil)
    }

    @Test(arguments: ["{}", #"{"header":{"member_id":"1"}}"#, #"{"header":{"member_id":-1},"version":"3"}"#])
    func whatIsNoStatusIsNotRead(text: String) {
        #expect(fault(text) { (value) throws(EtcdFault) in try EtcdStatus(value) } != nil)
    }

    @Test func alarmsAndMembersAreRead() throws {
        let alarm = try EtcdAlarm(EtcdLine.value(#"{"memberID":"7","alarm":"NOSPACE"}"#.utf8))
        #expect(alarm.member == EtcdMemberID(7) && alarm.kind == .noSpace)
        #expect(fault(#"{"memberID":"7"}"#) { (value) throws(EtcdFault) in try EtcdAlarm(value) } != nil)
        let members = try EtcdMember.list(
            EtcdLine.value(#"{"members":[{"ID":"7","peerURLs":["https://n12:2"],"isLearner":true}]}"#.utf8))
        #expect(members.map(\.peers) == [["https://n12:2"]])
        #expect(members.first?.isLearner == true && members.first?.name == "")
        #expect(fault(#"{"members":[{"ID":"7","peerURLs":[7]}]}"#, EtcdMember.list) != nil)
    }
}
