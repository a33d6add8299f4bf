// What the test programs need besides: GoogleTest's headers cost more than most tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pch.h"
