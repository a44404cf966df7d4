package dev.overtake.sim.engine;

/**
 * Which queue of a simulation something is about.
 *
 * @param machine the name of its kind of machine
 * @param machineNumber which of them, from 0
 * @param id of the queue, and of no other one of its machine
 * @param client the name of its kind of client
 * @param clientNumber which of them, from 0
 * @param device the name of its device
 */
public record QueueIdentity(
    String machine, int machineNumber, long id, String client, int clientNumber, String device) {}
