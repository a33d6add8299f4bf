#include "recommendation/neural/network.h"

#include <functional>

#include <gmock/gmock.h>

#include "core/random.h"
#include "recommendation/neural/adam.h"

namespace cloudcart::recommendation::neural {
namespace {

double between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random.next() >> 11) * 0x1p-53;
}

Matrix<double> any_matrix(Random& random, Eigen::Index rows, Eigen::Index columns) {
  return Matrix<double>::NullaryExpr(rows, columns, [&] { return between(random, -0.8, 0.8); });
}

/// Three baskets, one of which is shown nothing, over six products of which four are candidates.
struct NetworkTest : testing::Test {
  Random random{3, 7};
  Parameters<double> parameters{.in = any_matrix(random, 5, 6),
                                .hidden_bias = any_matrix(random, 5, 1),
                                .out = any_matrix(random, 5, 6),
                                .out_bias = any_matrix(random, 6, 1)};
  Batch<double> batch{.shown = {4, 0, 2},
                      .candidates = {5, 1, 3, 0},
                      .log_chance = Vector<double>{{-0.1, -1.2, -0.4, -2.0}},
                      .input_ends = {2, 2, 4},
                      .inputs = {{0, 0.7}, {1, 0.7}, {1, 0.4}, {2, 0.9}},
                      .target_ends = {1, 3, 5},
                      .targets = {{0, 1.0}, {1, 0.5}, {2, 0.5}, {3, 0.3}, {0, 0.3}},
                      .dropout = any_matrix(random, 5, 3)};
  Pass<double> pass;
  Gradient<double> gradient;

  double loss() { return pass.loss(parameters, batch); }
  /// The slope of the loss at a parameter, by central differences.
  double slope(double& parameter) {
    const double at = parameter;
    constexpr double step = 1e-5;
    parameter = at + step;
    const double above = loss();
    parameter = at - step;
    const double below = loss();
    parameter = at;
    return (above - below) / (2 * step);
  }
  void expect_slopes(Matrix<double>& values, const Matrix<double>& given,
                     const std::vector<std::uint32_t>& products) {
    ASSERT_EQ(given.cols(), static_cast<Eigen::Index>(products.size()));
    for (Eigen::Index k = 0; k < given.cols(); ++k) {
      for (Eigen::Index row = 0; row < given.rows(); ++row) {
        EXPECT_NEAR(given(row, k), slope(values(row, products[static_cast<std::size_t>(k)])), 1e-8)
            << "row " << row << " of product " << products[static_cast<std::size_t>(k)];
      }
    }
  }
};

TEST_F(NetworkTest, ItsGradientIsTheSlopeOfItsLoss) {
  for (const bool dropout : {true, false}) {
    SCOPED_TRACE(dropout ? "with dropout" : "without dropout");
    if (!dropout) batch.dropout.resize(0, 0);
    pass.loss(parameters, batch, gradient);
    expect_slopes(parameters.in, gradient.in, batch.shown);
    expect_slopes(parameters.out, gradient.out, batch.candidates);
    ASSERT_EQ(gradient.hidden_bias.size(), 5);
    for (Eigen::Index unit = 0; unit < 5; ++unit) {
      EXPECT_NEAR(gradient.hidden_bias[unit], slope(parameters.hidden_bias[unit]), 1e-8);
    }
    ASSERT_EQ(gradient.out_bias.size(), 4);
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(gradient.out_bias[static_cast<Eigen::Index>(k)],
                  slope(parameters.out_bias[batch.candidates[k]]), 1e-8);
    }
  }
}

TEST_F(NetworkTest, ItsLossIsTheNegativeLogarithmOfTheTargetsChances) {
  batch.dropout.resize(0, 0);
  // The second basket: nothing shown, targets 1 and 3 for sure, 5 and 0 by chance.
  const Vector<double> logits =
      parameters.out.transpose() * parameters.hidden_bias.array().tanh().matrix() + parameters.out_bias;
  const double z = std::exp(logits[1]) + std::exp(logits[3]) + std::exp(logits[5]) / std::exp(-0.1) +
                   std::exp(logits[0]) / std::exp(-2.0);
  const double expected = 0.5 * (std::log(z) - logits[1]) + 0.5 * (std::log(z) - logits[3]);
  batch.input_ends = {0};
  batch.inputs.clear();
  batch.target_ends = {2};
  batch.targets = {{1, 0.5}, {2, 0.5}};
  EXPECT_NEAR(loss(), expected, 1e-12);
}

TEST_F(NetworkTest, LogitsOfAnySizeGiveAFiniteLoss) {
  parameters.out_bias *= 2000;
  EXPECT_TRUE(std::isfinite(pass.loss(parameters, batch, gradient)));
  EXPECT_TRUE(gradient.in.allFinite());
  EXPECT_TRUE(gradient.out.allFinite());
}

TEST_F(NetworkTest, AdamsFirstStepIsTheRateAgainstTheSignOfTheGradient) {
  const Parameters<double> before = parameters;
  pass.loss(parameters, batch, gradient);
  Adam<double> adam(parameters);
  adam.step(parameters, gradient, batch, 0.01);
  EXPECT_NEAR(parameters.out(2, 5) - before.out(2, 5), gradient.out(2, 0) > 0 ? -0.01 : 0.01, 1e-6);
  EXPECT_NEAR(parameters.hidden_bias[1] - before.hidden_bias[1], gradient.hidden_bias[1] > 0 ? -0.01 : 0.01,
              1e-6);
  EXPECT_NEAR(parameters.out_bias[1] - before.out_bias[1], gradient.out_bias[1] > 0 ? -0.01 : 0.01, 1e-6);
  EXPECT_EQ(parameters.in.col(5), before.in.col(5)) << "5 is not shown";
  EXPECT_EQ(parameters.out.col(2), before.out.col(2)) << "2 is no candidate";
}

TEST_F(NetworkTest, StepsOfAdamLowerTheLoss) {
  batch.dropout.resize(0, 0);
  const double before = loss();
  Adam<double> adam(parameters);
  for (int step = 0; step < 200; ++step) {
    pass.loss(parameters, batch, gradient);
    adam.step(parameters, gradient, batch, 0.02);
  }
  EXPECT_LT(loss(), before / 2);
}

}  // namespace
}  // namespace cloudcart::recommendation::neural
