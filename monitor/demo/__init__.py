"""The demo's web: five small replica sites on loopback, with invented news whose truth is known to the tests."""
