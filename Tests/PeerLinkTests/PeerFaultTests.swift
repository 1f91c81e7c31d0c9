import PeerLink
import Testing

@Suite struct PeerFaultTests {
    @Test func aFaultSaysItsCause() {
        #expect("\(PeerFault(.missing, "There is no such file."))" == "There is no such file.")
    }
}
