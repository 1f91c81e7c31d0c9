extension StringProtocol {
    /// The first 100 letters: as much as a message repeats of what a caller sent.
    ///
    /// Counted are Unicode scalars, since one character can have any number of them.
    package var echoed: String { String(String.UnicodeScalarView(unicodeScalars.prefix(100))) }
}
