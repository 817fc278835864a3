"""A simulated region: hidden traits and troubles, and two years of filings as clerks really make them."""

from pipelines.simulation.simulating import SimulationError, SimulationResult, simulate

__all__ = ["SimulationError", "SimulationResult", "simulate"]
