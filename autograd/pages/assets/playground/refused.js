// What is thrown where something from outside cannot be used: its message says what was expected.
"use strict";

class Refused extends Error {}
