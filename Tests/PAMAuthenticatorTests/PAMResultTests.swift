import Access
import Testing

@testable import PAMAuthenticator

struct PAMResultTests {
    @Test(arguments: [
        (PAMResult.Stage.account, Int32(0), "accepted"),
        (.authenticate, 0, "unavailable"),
        (.authenticate, 7, "refused"),
        (.authenticate, 10, "refused"),
        (.authenticate, 4, "refused"),
        (.authenticate, 11, "refused"),
        (.authenticate, 9, "unavailable"),
        (.authenticate, 19, "unavailable"),
        (.authenticate, 28, "unavailable"),
        (.account, 13, "refused"),
        (.account, 6, "refused"),
        (.account, 4, "refused"),
        (.account, 12, "mustChangePassword"),
        (.password, 20, "refused"),
        (.password, 21, "refused"),
        (.password, 19, "unavailable"),
        (.account, 9, "unavailable"),
        (.account, 999, "unavailable"),
        (.start, 0, "unavailable"),
        (.start, 4, "unavailable"),
    ])
    func everyCodeHasOneMeaning(stage: PAMResult.Stage, code: Int32, meaning: String) {
        let verdict = PAMResult(stage: stage, code: code).verdict
        #expect("\(verdict)".hasPrefix(meaning))
    }

    @Test func theLogNamesPhaseAndCode() {
        #expect(PAMResult(stage: .account, code: 13).description == "PAM account: PAM_ACCT_EXPIRED (13)")
        #expect(PAMResult(stage: .start, code: 77).description == "PAM start: unknown code (77)")
    }
}
